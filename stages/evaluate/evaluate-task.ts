import { encodeJson } from '../../artifacts/json.ts'
import type { ScoresHeader } from '../../artifacts/scores.ts'
import type { Thresholds } from '../../artifacts/verdict.ts'
import { formatCount, plural } from '../../base/format.ts'
import type { Inputs, TaskContext } from '../stage.ts'
import { type Calibration, calibrate } from './calibrate.ts'
import { colourScale } from './colour-scale.ts'
import { countPixels, type PixelCounts } from './count-pixels.ts'
import { heldOutUnits, imageLimits, justBelow } from './image-limits.ts'
import { percent } from './metric-value.ts'
import { otherReading } from './other-protocol.ts'
import { countingOf } from './pixel-counting.ts'
import { itemsOf } from './scored-items.ts'
import type { EvaluateSettings } from './settings.ts'
import { makeVerdict } from './make-verdict.ts'

/** Two passes over the stored maps, image after image: limits first, then what they and the maps are worth on test images. */
export async function evaluate(
  inputs: Inputs,
  context: TaskContext<EvaluateSettings>,
): Promise<{ readonly verdict: Uint8Array; readonly thresholds: Uint8Array }> {
  const { settings, warn, log } = context
  const scores = inputs.items('scores')
  const header = scores.header as ScoresHeader
  const other = otherReading(settings.protocol, header)
  const calibration = await calibrate(
    scores,
    header,
    { other: other.reduction, pixelRate: settings.pixel_fpr },
    context,
  )
  const { tested, good } = calibration
  const labelled = tested.filter(({ label }) => label !== 'unknown')

  const units = heldOutUnits(calibration.heldOut, ({ score }) => score)
  const image = imageLimits(settings, units, labelled, ({ score }) => score)
  if (image.warning) warn(image.warning)
  const pixels = await countPixels(
    scores,
    labelled,
    {
      header,
      own: countingOf(settings, header.geometry),
      other: other.counting,
      threshold: good?.from === 'held_out' ? good.quantile : null,
      called: ({ score }) => image.limits.nok !== null && score > image.limits.nok,
      total: calibration.total,
    },
    context,
  )
  const pixel = pixelLimit(settings, calibration, pixels)
  const thresholds: Thresholds = {
    version: 1,
    protocol: settings.protocol,
    image: image.limits,
    pixel: pixel.threshold,
    imageOrigin: image.origin,
    pixelOrigin: pixel.origin,
    units: units.units,
    heldOut: units.scores.length,
    bound: image.bound,
    heldOutScores: units.scores,
    scale: colourScale(good, pixel.threshold),
  }
  const verdict = makeVerdict({
    settings,
    header,
    thresholds,
    calibration,
    labelled,
    training: itemsOf(scores, 'train'),
    pixels,
    other,
    seed: context.draw('bootstrap').below(2 ** 31),
  })
  for (const warning of verdict.baselines.warnings) log(warning, 'warning')
  return { verdict: encodeJson(verdict), thresholds: encodeJson(thresholds) }
}

function pixelLimit(
  { threshold_from, pixel_fpr }: EvaluateSettings,
  { good, heldOut }: Calibration,
  { plain }: PixelCounts,
): { readonly threshold: number | null; readonly origin: string } {
  if (threshold_from === 'test_f1') {
    const best = plain.metrics.result('all').f1Max
    return best === null
      ? { threshold: null, origin: 'no defective test image with a mask' }
      : {
          threshold: justBelow(best.threshold),
          origin: 'the best F1 on the px of the test images: an oracle that has seen them',
        }
  }
  if (good?.from !== 'held_out') return { threshold: null, origin: 'nothing is held out' }
  const images = heldOut.filter(({ label }) => label !== 'nok').length
  const from = `${formatCount(good.px)} px of ${plural(images, 'held-out image')}`
  return { threshold: good.quantile, origin: `exceeded by at most ${percent(pixel_fpr)} of ${from}` }
}
