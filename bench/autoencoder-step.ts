import { fileURLToPath } from 'node:url'
import { plural } from '../base/format.ts'
import { hostMemory, KEEP_FREED_MEMORY } from '../runner/host/allocator.ts'
import type { Benchmark } from './benchmark.ts'
import { COMPARISON_COLUMNS, comparisonRow, median } from './comparison.ts'
import { type Contender, race } from './peer.ts'
import { peerScript } from './python.ts'

const SIZE = 512
const BATCH = 4
const BUDGET_PLAIN = 0.6
const BUDGET_TUNED = 1.1

/** One training step of the thesis' baseline (images of 512 px, batch 4: forward, gradients, AdamW) beside PyTorch's. */
export const autoencoderStep: Benchmark = async ({ rounds = 5, python, tell }) => {
  const sizes = [SIZE, BATCH].map(String)
  const torch = (form: string): string[] => [python(), peerScript('autoencoder_step.py'), ...sizes, 'notebook', form]
  const script = fileURLToPath(new URL('./autoencoder-step-flawline.js', import.meta.url))
  const contenders: Contender[] = [
    { name: 'flawline', command: [process.execPath, script, ...sizes, 'notebook'], env: hostMemory() },
    { name: 'PyTorch', command: torch('contiguous') },
    { name: 'PyTorch, malloc tuned', command: torch('contiguous'), env: KEEP_FREED_MEMORY },
    { name: 'PyTorch channels_last, malloc tuned', command: torch('channels_last'), env: KEEP_FREED_MEMORY },
  ]
  const [mine, plain, ...tuned] = await race(contenders, { rounds, tell })
  const fastest = tuned.reduce((best, peer) => (median(peer.ms) < median(best.ms) ? peer : best))
  return {
    caption:
      `One training step of the baseline autoencoder (decoder notebook): ${BATCH} images of ${SIZE} px; forward, ` +
      `0.15 MSE + 0.85 SSIM, gradients, AdamW. ${plural(rounds, 'interleaved round')}. The budgets are for plain PyTorch ` +
      `and for its tuned form that is fastest here.`,
    columns: COMPARISON_COLUMNS,
    rows: [plain, ...tuned].map((peer) =>
      comparisonRow({
        what: 'step',
        ours: mine,
        peer,
        ...(peer === plain && { budget: BUDGET_PLAIN }),
        ...(peer === fastest && { budget: BUDGET_TUNED }),
      }),
    ),
  }
}
