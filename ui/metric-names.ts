const NAMES: Readonly<Record<string, string>> = {
  image_auroc: 'image AUROC',
  image_ap: 'image AP',
  image_f1: 'image F1',
  image_f1_max: 'image F1-max',
  image_accuracy: 'image accuracy',
  image_precision: 'image precision',
  image_recall: 'image recall',
  pixel_auroc: 'pixel AUROC',
  pixel_auroc_nok: 'pixel AUROC, defective images only',
  pixel_ap: 'pixel AP',
  pixel_aupro: 'PRO',
  pixel_aupimo: 'AUPIMO',
  pixel_f1: 'pixel F1',
  pixel_f1_max: 'pixel F1-max',
}

/** Every metric, in the order people read them. */
export const METRICS: readonly string[] = Object.keys(NAMES)

/** Metrics in the order people read them: images before pixels, the threshold-free first. */
export const byReadingOrder = (a: string, b: string): number => rankOf(a) - rankOf(b)

function rankOf(name: string): number {
  const rank = METRICS.indexOf(name)
  return rank < 0 ? Infinity : rank
}

/** A metric as people read it: `image_auroc` -> `image AUROC`; a name of no table in words: `mean_grey` -> `mean grey`. */
export const metricName = (name: string): string => NAMES[name] ?? name.replace(/_/g, ' ')

/** A limit with two decimals, more only where it has more: `0.90`, `0.925`. */
export const formatLimit = (limit: number): string => {
  const text = limit.toFixed(2)
  return Number(text) === limit ? text : String(limit)
}
