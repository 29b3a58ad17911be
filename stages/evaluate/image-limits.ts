import type { Thresholds } from '../../artifacts/verdict.ts'
import { type Diagnostic, Failure } from '../../base/diagnostic.ts'
import { plural } from '../../base/format.ts'
import { f1Max } from '../../metrics/f1.ts'
import { conformalLimits } from '../../metrics/threshold.ts'
import { percent } from './metric-value.ts'
import type { ScoredItem } from './scored-items.ts'
import type { EvaluateSettings } from './settings.ts'

/** Limits of the image score, where they come from, and what to warn of. */
export interface ImageLimits {
  readonly limits: Thresholds['image']
  readonly origin: string
  readonly bound: number | null
  readonly warning?: Diagnostic
}

/** Held-out scores by unit, ascending. */
export interface HeldOut {
  readonly units: 'parts' | 'images'
  readonly images: number
  readonly scores: readonly number[]
}

/** Scores of good held-out images: one a part, the highest of its images, where parts are known: images of one part are no independent draws. */
export function heldOutUnits(heldOut: readonly ScoredItem[], scoreOf: (item: ScoredItem) => number): HeldOut {
  const highest = new Map<string, number>()
  const good = heldOut.filter(({ label }) => label !== 'nok')
  for (const [i, each] of good.entries()) {
    const unit = each.part === undefined ? `image ${i}` : `part ${each.part}`
    highest.set(unit, Math.max(highest.get(unit) ?? -Infinity, scoreOf(each)))
  }
  return {
    units: good.some(({ part }) => part !== undefined) ? 'parts' : 'images',
    images: good.length,
    scores: [...highest.values()].sort((a, b) => a - b),
  }
}

/** Limits of the image score as the settings ask for them. */
export function imageLimits(
  { limits, threshold_from, image_fpr }: Pick<EvaluateSettings, 'limits' | 'threshold_from' | 'image_fpr'>,
  heldOut: HeldOut,
  labelled: readonly ScoredItem[],
  scoreOf: (item: ScoredItem) => number,
): ImageLimits {
  if (limits !== undefined) return literalLimits(limits)
  return threshold_from === 'test_f1' ? oracleLimit(labelled, scoreOf) : heldOutLimits(heldOut, image_fpr)
}

function literalLimits(limits: { readonly close: number; readonly nok: number }): ImageLimits {
  if (limits.close > limits.nok) {
    throw new Failure('E106', `limits.close is ${limits.close}, above limits.nok, ${limits.nok}`, {
      help: ['scores up to close are OK, up to nok CLOSE, above NOK'],
    })
  }
  return { limits, origin: 'set in the spec', bound: null }
}

const NO_LIMITS = { close: null, nok: null }

function heldOutLimits(heldOut: HeldOut, rates: EvaluateSettings['image_fpr']): ImageLimits {
  if (rates.close < rates.nok) {
    throw new Failure('E106', `image_fpr.close is ${rates.close}, below image_fpr.nok, ${rates.nok}`, {
      help: ['CLOSE begins at a lower score than NOK, so its rate is the higher one'],
    })
  }
  const found = conformalLimits(heldOut.scores, rates)
  if (found === null) return withoutHeldOut()
  const { close, nok, from } = found
  const units = unitsText(heldOut)
  if (from.nok.enough) {
    const origin = `${units} at false-reject rates of ${percent(rates.close)} (CLOSE) and ${percent(rates.nok)} (NOK)`
    return { limits: { close, nok }, origin, bound: from.nok.bound }
  }
  const bound = percent(from.nok.bound)
  const enough = Math.ceil(1 / rates.nok - 1 - 1e-9)
  const sufficient = roundedUp(from.nok.bound)
  return {
    limits: { close: null, nok },
    origin: `the highest score of ${units}, which bounds false rejects at ${bound}`,
    bound: from.nok.bound,
    warning: {
      code: 'W220',
      severity: 'warning',
      message: `${units} cannot guarantee a false-reject rate of ${percent(rates.nok)}: their highest score guarantees ${bound}, and there is no CLOSE zone`,
      help: [
        `hold out at least ${enough} ${heldOut.units}, or raise image_fpr.nok to ${sufficient}${
          sufficient > rates.close ? ', and image_fpr.close with it' : ''
        }`,
      ],
    },
  }
}

/** To three decimals. */
const roundedUp = (rate: number): number => Math.ceil(rate * 1000) / 1000

function unitsText({ units, images, scores }: HeldOut): string {
  const noun = units === 'parts' ? 'held-out part' : 'held-out image'
  const each = images > scores.length ? ` (the highest score of each part’s images, ${images} in all)` : ''
  return `${plural(scores.length, noun)}${each}`
}

function withoutHeldOut(): ImageLimits {
  return {
    limits: NO_LIMITS,
    origin: 'nothing is held out',
    bound: null,
    warning: {
      code: 'W223',
      severity: 'warning',
      message: 'nothing is held out: there are scores but no verdicts',
      help: ['add a stage split/by-part with held_out: 0.2, or set limits'],
    },
  }
}

/** NOK at and above the best threshold; limits say `above`, hence the number just below it. */
function oracleLimit(labelled: readonly ScoredItem[], scoreOf: (item: ScoredItem) => number): ImageLimits {
  const best = f1Max(
    labelled.map(scoreOf),
    labelled.map(({ label }) => label === 'nok'),
  )
  if (best === null) {
    return {
      limits: NO_LIMITS,
      origin: 'no defective test image',
      bound: null,
      warning: {
        code: 'W223',
        severity: 'warning',
        message: 'no defective test image to choose a limit by: there are scores but no verdicts',
        help: ['set threshold_from: held_out, or limits'],
      },
    }
  }
  return {
    limits: { close: null, nok: justBelow(best.threshold) },
    origin: 'the best F1 on the test images: an oracle that has seen them',
    bound: null,
  }
}

/** The largest double below a finite one. */
export function justBelow(value: number): number {
  const word = new DataView(new ArrayBuffer(8))
  if (value === 0) return -Number.MIN_VALUE
  word.setFloat64(0, value)
  word.setBigInt64(0, word.getBigInt64(0) + (value > 0 ? -1n : 1n))
  return word.getFloat64(0)
}
