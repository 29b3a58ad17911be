import { fileURLToPath } from 'node:url'
import { plural } from '../base/format.ts'
import type { Benchmark } from './benchmark.ts'
import { COMPARISON_COLUMNS, comparisonRow, median } from './comparison.ts'
import { hostMemory, KEEP_FREED_MEMORY } from '../runner/host/allocator.ts'
import { type Contender, race } from './peer.ts'
import { peerScript } from './python.ts'

const CHANNELS = 832
const LATENT = 260
const CELLS = 28_900 // the 170 x 170 grid
const BUDGET = 0.9 // of tuned PyTorch

/** One DFR training step (28,900 cells x 832, d = 260: forward, gradients, Adam) beside PyTorch's forms of it. */
export const dfrStep: Benchmark = async ({ rounds = 7, python, tell }) => {
  const sizes = [CHANNELS, LATENT, CELLS].map(String)
  const torch = (form: string): string[] => [python(), peerScript('dfr_step.py'), ...sizes, form]
  const ours = [process.execPath, fileURLToPath(new URL('./dfr-step-flawline.js', import.meta.url)), ...sizes]
  const contenders: Contender[] = [
    { name: 'flawline', command: ours, env: hostMemory() },
    { name: 'PyTorch conv', command: torch('conv') },
    { name: 'PyTorch conv, malloc tuned', command: torch('conv'), env: KEEP_FREED_MEMORY },
    { name: 'PyTorch conv channels_last, malloc tuned', command: torch('channels_last'), env: KEEP_FREED_MEMORY },
    {
      name: 'PyTorch conv channels_last, malloc tuned, large pages',
      command: torch('channels_last'),
      env: hostMemory(),
    },
    { name: 'PyTorch linear, malloc tuned', command: torch('linear'), env: KEEP_FREED_MEMORY },
  ]
  const [mine, ...peers] = await race(contenders, { rounds, tell })
  const fastest = peers.slice(1).reduce((best, peer) => (median(peer.ms) < median(best.ms) ? peer : best))
  return {
    caption:
      `One training step of Deep Feature Reconstruction: ${CELLS} cells x ${CHANNELS}, d = ${LATENT}; forward, gradients, ` +
      `Adam. ${plural(rounds, 'interleaved round')}. The budget is for the form of PyTorch that is fastest here.`,
    columns: COMPARISON_COLUMNS,
    rows: [
      ...peers.map((peer) =>
        comparisonRow({ what: 'step', ours: mine, peer, ...(peer === fastest && { budget: BUDGET }) }),
      ),
    ],
  }
}
