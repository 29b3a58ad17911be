import type { MetricValue, Verdict } from '../../artifacts/verdict.ts'
import { type Baseline, baselineWarnings, imageBaselines } from '../../metrics/baselines.ts'
import type { TaskItem } from '../stage.ts'
import { metricValue } from './metric-value.ts'
import type { ScoredItem } from './scored-items.ts'

/**
 * Image AUROC of the luma's mean, its distance from the training images' mean, and its deviation, of images as they were
 * decoded, before any enhancement. None where a grey value is not known.
 */
export function greyBaselines(labelled: readonly ScoredItem[], training: readonly TaskItem[]): Baseline[] {
  const facts = labelled.flatMap(({ item }) => item.columns.facts ?? [])
  if (facts.length < labelled.length || labelled.length === 0) return []
  const trained = training.flatMap(({ copy, columns }) => (copy === 0 && columns.facts ? [columns.facts.greyMean] : []))
  const baselines = imageBaselines({
    greyMean: facts.map(({ greyMean }) => greyMean),
    greyDeviation: facts.map(({ greyDeviation }) => greyDeviation),
    trainingGreyMean: trained.reduce((sum, grey) => sum + grey, 0) / Math.max(1, trained.length),
    positive: labelled.map(({ label }) => label === 'nok'),
  })
  return trained.length > 0 ? baselines : baselines.filter(({ name }) => !name.includes('training'))
}

interface Compared {
  readonly model: MetricValue
  readonly baselines: readonly Baseline[]
}

/** What trivial features reach beside the model, and in words where that calls the result into question. */
export function baselineTable({
  image,
  pixel,
}: {
  readonly image: Compared
  readonly pixel: Compared
}): Verdict['baselines'] {
  return {
    image: valuesOf(image),
    pixel: valuesOf(pixel),
    warnings: [...warningsOf(image, 'image'), ...warningsOf(pixel, 'pixel')],
  }
}

const valuesOf = ({ baselines }: Compared): Record<string, MetricValue> =>
  Object.fromEntries(
    baselines.map(({ name, auroc }) => [
      name.replaceAll(' ', '_'),
      metricValue(auroc, { reason: 'needs good and defective test images' }),
    ]),
  )

function warningsOf({ model, baselines }: Compared, level: 'image' | 'pixel'): string[] {
  const interval = model.interval && { low: model.interval[0] }
  const auroc = model.value
  return baselineWarnings({ auroc, ...(interval && { interval }) }, baselines).map(
    ({ baseline, auroc: reached, kind }) =>
      kind === 'near'
        ? `${baseline} alone reaches ${level} AUROC ${reached.toFixed(3)}, near the model’s ${auroc!.toFixed(3)}`
        : `${baseline} alone tells the classes apart the other way round: ${level} AUROC ${reached.toFixed(3)}; were good and defective images recorded alike?`,
  )
}
