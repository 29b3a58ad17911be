import { decodeJson } from '../../artifacts/json.ts'
import type { ScoresHeader } from '../../artifacts/scores.ts'
import type { Thresholds, Verdict } from '../../artifacts/verdict.ts'
import { evaluateStandard } from '../../stages/evaluate/standard.ts'
import { withDefaults } from './image-folder.ts'
import { inputsOf, scoresInput, taskContext, type TestImage, type TestContext } from './task-rig.ts'

/** Maps of 4 x 4 cells over images of 4 x 4 px: resampling changes nothing. */
export const HEADER: ScoresHeader = {
  grid: 4,
  size: 4,
  cell: 1,
  geometry: 'exact',
  fit: 'stretch',
  topK: 1,
  border: 0,
  reducer: 'the largest cell',
}

interface Evaluated {
  readonly verdict: Verdict
  readonly thresholds: Thresholds
  readonly bytes: { readonly verdict: Uint8Array; readonly thresholds: Uint8Array }
  readonly context: TestContext<unknown>
}

/** Runs the stage with settings as a spec gives them. */
export async function evaluateImages(
  images: readonly TestImage[],
  settings: Record<string, unknown> = {},
  { header = HEADER, ...options }: { header?: ScoresHeader; seed?: number; signal?: AbortSignal } = {},
): Promise<Evaluated> {
  const filled = withDefaults(evaluateStandard, { resamples: 50, ...settings })
  const context = taskContext(filled, options)
  const result = await evaluateStandard.run(inputsOf({ scores: scoresInput(header, images) }), context)
  const bytes = { verdict: result.verdict!, thresholds: result.thresholds! }
  return {
    verdict: decodeJson(bytes.verdict) as Verdict,
    thresholds: decodeJson(bytes.thresholds) as Thresholds,
    bytes,
    context,
  }
}

/** Held-out images of these scores, each map flat. */
export const heldOut = (scores: readonly number[], more: Partial<TestImage> = {}): TestImage[] =>
  scores.map((score, i) => ({ id: `train/ok/h${i}`, split: 'held_out', score, ...more }))

/** Test images `good` and `bad` by their scores, each map flat, without masks. */
export const tested = (good: readonly number[], bad: readonly number[]): TestImage[] => [
  ...good.map((score, i): TestImage => ({ id: `test/ok/${i}`, score })),
  ...bad.map((score, i): TestImage => ({ id: `test/nok/${i}`, label: 'nok', score })),
]

/** 1, 2, ... n. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1)
