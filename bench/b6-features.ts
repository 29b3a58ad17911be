import { fileURLToPath } from 'node:url'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plural } from '../base/format.ts'
import type { Benchmark } from './benchmark.ts'
import { closedFormulaCheckpoint } from './closed-formula-checkpoint.ts'
import { COMPARISON_COLUMNS, comparisonRow } from './comparison.ts'
import { hostMemory, KEEP_FREED_MEMORY } from '../runner/host/allocator.ts'
import { race } from './peer.ts'
import { peerScript } from './python.ts'
import { withFolder } from './temporary.ts'

const SIZE = 512 // px
const PLAIN_BUDGET = 0.5 // of PyTorch as it comes
const TUNED_BUDGET = 0.85

/** The features of one 512 x 512 image (EfficientNet-B6, stages 1..6, float16 out) beside torchvision's with the same weights. */
export const b6Features: Benchmark = ({ rounds = 9, python, tell }) =>
  withFolder(async (folder) => {
    const checkpoint = join(folder, 'b6.pth')
    writeFileSync(checkpoint, closedFormulaCheckpoint('efficientnet-b6'))
    const ours = [
      process.execPath,
      fileURLToPath(new URL('./b6-features-flawline.js', import.meta.url)),
      checkpoint,
      String(SIZE),
    ]
    const torch = [python(), peerScript('b6_features.py'), checkpoint, String(SIZE)]
    const tuned = { name: 'PyTorch folded, channels_last, malloc tuned', env: KEEP_FREED_MEMORY }
    const [mine, plainPeer, tunedPeer] = await race(
      [
        { name: 'flawline', command: ours, env: hostMemory() },
        { name: 'PyTorch as it comes', command: [...torch, 'plain'] },
        { ...tuned, command: [...torch, 'tuned'] },
      ],
      { rounds, tell },
    )
    return {
      caption: `EfficientNet-B6, stages 1..6, of one ${SIZE} x ${SIZE} image, float16 out. ${plural(rounds, 'interleaved round')}.`,
      columns: COMPARISON_COLUMNS,
      rows: [
        comparisonRow({ what: 'image', ours: mine, peer: plainPeer, budget: PLAIN_BUDGET }),
        comparisonRow({ what: 'image', ours: mine, peer: tunedPeer, budget: TUNED_BUDGET }),
      ],
    }
  })
