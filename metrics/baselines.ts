import { auroc } from './roc.ts'

/** What a trivial feature reaches, to be printed beside the model. */
export interface Baseline {
  readonly name: ImageBaselineName | PixelBaselineName
  /** Null where one class is missing. */
  readonly auroc: number | null
}

type ImageBaselineName = 'mean grey' | 'distance from the training mean grey' | 'grey deviation'
type PixelBaselineName = 'constant' | 'centre prior' | 'gradient magnitude'

/** Image AUROC of three features that know nothing of defects, from the items' grey columns. */
export function imageBaselines({
  greyMean,
  greyDeviation,
  trainingGreyMean,
  positive,
}: {
  readonly greyMean: ArrayLike<number>
  readonly greyDeviation: ArrayLike<number>
  /** Mean of the training images' mean grey. */
  readonly trainingGreyMean: number
  readonly positive: ArrayLike<number | boolean>
}): Baseline[] {
  const distance = Float64Array.from(greyMean, (grey) => Math.abs(grey - trainingGreyMean))
  return [
    { name: 'mean grey', auroc: auroc(greyMean, positive) },
    { name: 'distance from the training mean grey', auroc: auroc(distance, positive) },
    { name: 'grey deviation', auroc: auroc(greyDeviation, positive) },
  ]
}

/** A map that is highest at the image's centre, 1, and falls linearly with the distance to 0 at the corners; row-major. */
export function centrePrior(width: number, height: number): Float32Array {
  const map = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    const dy = height === 1 ? 0 : (2 * y) / (height - 1) - 1
    for (let x = 0; x < width; x++) {
      const dx = width === 1 ? 0 : (2 * x) / (width - 1) - 1
      map[y * width + x] = 1 - Math.hypot(dx, dy) / Math.SQRT2
    }
  }
  return map
}

/** A reason to distrust the data or the model. */
export interface BaselineWarning {
  readonly baseline: Baseline['name']
  readonly auroc: number
  /** `near`: the model hardly beats it. `inverted`: its opposite tells the classes apart. */
  readonly kind: 'near' | 'inverted'
}

const NEAR = 0.02
const FAR_BELOW_HALF = 0.2

/**
 * Which trivial baselines call the result into question. `near`: the baseline's AUROC is at most 0.02 below the model's, or
 * not below the model's bootstrap interval. `inverted`: it is under 0.2, so good and defective images differ in
 * something as plain as their brightness (recipes 9: sets whose classes were recoded differently).
 */
export function baselineWarnings(
  model: { readonly auroc: number | null; readonly interval?: { readonly low: number } | null },
  baselines: readonly Baseline[],
): BaselineWarning[] {
  const warnings: BaselineWarning[] = []
  for (const { name, auroc: reached } of baselines) {
    if (reached === null) continue
    const warn = (kind: BaselineWarning['kind']) => warnings.push({ baseline: name, auroc: reached, kind })
    const nearFrom = model.auroc === null ? Infinity : Math.min(model.auroc - NEAR, model.interval?.low ?? Infinity)
    if (reached >= nearFrom) warn('near')
    else if (reached < FAR_BELOW_HALF) warn('inverted')
  }
  return warnings
}
