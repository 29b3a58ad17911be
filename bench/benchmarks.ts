import { autoencoderStep } from './autoencoder-step.ts'
import { b6Features } from './b6-features.ts'
import type { Benchmark } from './benchmark.ts'
import { dfrStep } from './dfr-step.ts'
import { metrics } from './metrics.ts'
import { noOp } from './no-op.ts'
import { peersDag } from './peers-dag.ts'
import { peersFaults } from './peers-faults.ts'
import { peersFiles } from './peers-files.ts'
import { peersGrowth } from './peers-growth.ts'
import { peersItems } from './peers-items.ts'
import { peersSweep } from './peers-sweep.ts'
import { pixels } from './pixels.ts'
import { quickstart } from './quickstart.ts'

/** By the name that people type. */
export const BENCHMARKS = new Map<string, Benchmark>([
  ['dfr-step', dfrStep],
  ['autoencoder-step', autoencoderStep],
  ['b6-features', b6Features],
  ['pixels', pixels],
  ['metrics', metrics],
  ['quickstart', quickstart],
  ['no-op', noOp],
  ['peers-dag', peersDag],
  ['peers-files', peersFiles],
  ['peers-items', peersItems],
  ['peers-sweep', peersSweep],
  ['peers-growth', peersGrowth],
  ['peers-faults', peersFaults],
])
