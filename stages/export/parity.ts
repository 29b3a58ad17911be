import { sourceDigest } from '../../artifacts/items.ts'
import { decodeScore } from '../../artifacts/scores.ts'
import { Failure } from '../../base/diagnostic.ts'
import { plural } from '../../base/format.ts'
import { openImageSession } from '../../engine/image-session.ts'
import { decide } from '../../metrics/threshold.ts'
import type { ItemsInput, TaskContext, TaskItem } from '../stage.ts'
import { type BundleThresholds, decideWithin, rangeOf } from './limits.ts'

/** Largest difference of a score that passes, as a share of the range of scores. */
const PARITY_LIMIT = 1e-4

export interface ScoredItem {
  readonly item: TaskItem
  readonly score: number
}

/** The pipeline's own scores of all held-out and test images. */
export async function readScores(scores: ItemsInput, grid: number): Promise<ScoredItem[]> {
  const scored: ScoredItem[] = []
  for (const item of scores.items) {
    if (scores.has(item)) scored.push({ item, score: decodeScore(await scores.read(item), grid).score })
  }
  return scored
}

export interface ParityCheck {
  /** The graph's bytes as they go into the bundle. */
  readonly graph: Uint8Array
  readonly scored: readonly ScoredItem[]
  readonly thresholds: BundleThresholds
  /** Where maps and px come from. */
  readonly scores: ItemsInput
  readonly grid: number
}

/**
 * Runs the bundle's graph over every image that the pipeline has scored. E604 where a score differs by `PARITY_LIMIT` of
 * their range or more, or where a decision is another one; it names the worst image.
 */
export async function checkParity(check: ParityCheck, context: ParityContext): Promise<void> {
  const { scored, thresholds } = check
  if (scored.length === 0) {
    context.log('no held-out and no test image: the bundle could not be checked against the pipeline', 'warning')
    return
  }
  const { compared, furthestCell, ms } = await compareAll(check, context)
  const range = rangeOf(scored.map(({ score }) => score))
  const distance = refuseDifferences(compared, range, thresholds)
  context.log(
    `${plural(scored.length, 'image')} through the bundle: same decisions, scores differ by up to ${figure(distance)} ` +
      `(${figure(shareOf(distance, range))} of their range), cells of maps by up to ${figure(furthestCell)}; ` +
      `${(ms / scored.length).toFixed(1)} ms per image`,
  )
}

type ParityContext = Pick<TaskContext, 'threads' | 'signal' | 'progress' | 'log'>

interface Comparison extends ScoredItem {
  readonly found: number
}

interface Comparisons {
  readonly compared: readonly Comparison[]
  /** Largest difference of a cell of a map. */
  readonly furthestCell: number
  /** Spent inside the graph. */
  readonly ms: number
}

async function compareAll(
  { graph, scored, scores, grid }: ParityCheck,
  { threads, signal, progress }: ParityContext,
): Promise<Comparisons> {
  const session = await openImageSession(graph, { threads })
  const compared: Comparison[] = []
  let furthestCell = 0
  let ms = 0
  try {
    for (const [done, { item, score }] of scored.entries()) {
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
      const image = await scores.render(item)
      const started = performance.now()
      const found = await session.run(image)
      ms += performance.now() - started
      const { map } = decodeScore(await scores.read(item), grid)
      compared.push({ item, score, found: found.score[0] })
      furthestCell = Math.max(furthestCell, largestDifference(found.map, map))
      progress(done + 1, scored.length, 'images')
    }
  } finally {
    await session.dispose()
  }
  return { compared, furthestCell, ms }
}

/** Throws where a score or a decision differs too much; returns the largest difference of a score. */
function refuseDifferences(compared: readonly Comparison[], range: number, thresholds: BundleThresholds): number {
  const furthest = compared.reduce<Comparison | undefined>(
    (worst, one) => (worst === undefined || distanceOf(one) > distanceOf(worst) ? one : worst),
    undefined,
  )
  if (furthest === undefined) return 0
  const distance = distanceOf(furthest)
  if (!(shareOf(distance, range) < PARITY_LIMIT)) {
    const { item, score, found } = furthest
    throw unequal(
      `${named(item)} has score ${figure(found)} in the bundle and ${figure(score)} in the pipeline, ` +
        `${figure(shareOf(distance, range))} of the range of scores apart; allowed are ${PARITY_LIMIT}`,
    )
  }
  const { close, nok } = thresholds.image
  for (const { item, score, found } of compared) {
    const expected = nok === null ? null : decide(score, { close, nok })
    const decision = decideWithin(found, thresholds)
    if (decision === expected) continue
    throw unequal(
      `${named(item)} is ${decision} in the bundle and ${expected} in the pipeline: scores ${found} and ${score}, ` +
        `limits ${close ?? 'none'} and ${nok ?? 'none'}`,
    )
  }
  return distance
}

/** By content: files by the digest that sha256sum prints. */
const named = ({ recipe }: TaskItem): string => `the image with SHA-256 ${sourceDigest(recipe.source).slice(0, 16)}...`

/** A score that is no number is infinitely far away. */
function distanceOf({ found, score }: Comparison): number {
  const distance = Math.abs(found - score)
  return Number.isFinite(distance) ? distance : Infinity
}

const unequal = (message: string): Failure =>
  new Failure('E604', `the bundle does not do what the pipeline does: ${message}`, {
    help: ['compute features and scores anew on this machine: pipeline run SPEC --cache local:w'],
  })

function largestDifference(found: Float32Array, expected: Float32Array): number {
  let largest = 0
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(found[i] - expected[i]))
  return largest
}

const shareOf = (difference: number, range: number): number => (difference === 0 ? 0 : difference / range)
const figure = (x: number): string => (x === 0 ? '0' : x.toPrecision(3))
