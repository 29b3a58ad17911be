import type { MetricName, MetricValue, Thresholds, Verdict, VerdictItem } from '../../artifacts/verdict.ts'
import { seededRandom } from '../../base/random.ts'
import type { PageInput } from '../../runner/publish.ts'

const GOOD = 160
const BAD = 60
const LIMITS = { close: 0.028, nok: 0.0305 }

/** A verdict over made-up scores, good ones lower than defective ones. */
export function examplePage(): PageInput {
  const random = seededRandom('example-page')
  const item = (i: number, label: 'ok' | 'nok'): VerdictItem => {
    const score = label === 'ok' ? 0.021 + 0.004 * random.normal() : 0.036 + 0.007 * random.normal()
    const decision = score > LIMITS.nok ? 'NOK' : score > LIMITS.close ? 'CLOSE' : 'OK'
    const defect = label === 'ok' ? {} : { defect: ['scratch', 'dent', 'stain'][i % 3] }
    const id = `test/${label}/zoom_${3 + (i % 3)}_${101_500 + i}.jpeg`
    return { id, digest: String(i).padStart(64, '0'), split: 'test', label, score, decision, pValue: 0.25, ...defect }
  }
  const items = [
    ...Array.from({ length: GOOD }, (_, i) => item(i, 'ok')),
    ...Array.from({ length: BAD }, (_, i) => item(i, 'nok')),
  ]
  const count = (label: string, decision: string): number =>
    items.filter((each) => each.label === label && each.decision === decision).length
  const row = (label: string): { OK: number; CLOSE: number; NOK: number } => ({
    OK: count(label, 'OK'),
    CLOSE: count(label, 'CLOSE'),
    NOK: count(label, 'NOK'),
  })
  const heldOutScores = Array.from({ length: 180 }, () => 0.021 + 0.0035 * random.normal()).sort((a, b) => a - b)
  const thresholds: Thresholds = {
    version: 1,
    protocol: 'standard',
    image: LIMITS,
    pixel: 0.061,
    imageOrigin: 'held-out images at false-reject rates of 5 % and 1 %',
    pixelOrigin: 'held-out pixels at a rate of 0.1 %',
    units: 'images',
    heldOut: 180,
    bound: 0.01,
    heldOutScores,
    scale: { low: 0, calm: 0.03, high: 0.09 },
  }
  const verdict: Verdict = {
    version: 1,
    protocol: 'standard',
    reducer: 'mean of the 20 largest cells',
    metrics: METRICS,
    counts: { train: 720, heldOut: 180, ok: GOOD, nok: BAD, unknown: 0 },
    confusion: { ok: row('ok'), nok: row('nok') },
    pixels: {
      pooling: 'all',
      method: 'exact, all test images in one curve',
      images: 220,
      keptShare: 1,
      withoutMask: 0,
      contradictory: 0,
    },
    baselines: {
      image: { mean_grey: { value: 0.512 }, distance: { value: 0.548 }, deviation: { value: 0.601 } },
      pixel: { constant: { value: 0.5 }, centre_prior: { value: 0.644 }, gradient: { value: 0.587 } },
      warnings: ['grey deviation alone reaches an image AUROC of 0.601'],
    },
    defects: [
      {
        defect: 'scratch',
        images: 20,
        recall: { value: 0.75, interval: [0.55, 0.95] },
        imageAuroc: { value: 0.93 },
        pixelAuroc: { value: 0.8 },
        medianAreaShare: 0.0021,
      },
      {
        defect: 'dent',
        images: 20,
        recall: { value: 0.9 },
        imageAuroc: { value: 0.97 },
        pixelAuroc: { value: 0.8 },
        medianAreaShare: 0.014,
      },
      {
        defect: 'stain',
        images: 20,
        recall: { value: 0.65 },
        imageAuroc: { value: 0.9 },
        pixelAuroc: { value: null },
        medianAreaShare: 0.05,
      },
    ],
    other: {
      protocol: 'thesis',
      metrics: { image_auroc: { value: 0.902 }, pixel_auroc: { value: 0.72 } },
      note: 'border of 20 cells cut, defective images alone',
    },
    roc: rates(items).map(([, fpr, tpr]) => [fpr, tpr]),
    pr: rates(items).map(([precision, , tpr]) => [tpr, precision]),
    items,
    border: { cells: 20, keptShare: 0.585, defectShare: 0.12, imagesOutside: 3, recallWithThemMissed: 0.74 },
    parts: null,
    sizes: [
      {
        defect: 'up to 0.5 %',
        images: 20,
        recall: { value: 0.7 },
        imageAuroc: { value: 0.9 },
        pixelAuroc: { value: 0.7 },
        medianAreaShare: 0.002,
      },
    ],
    bootstrap: { resamples: 1000, groups: 'images', sample: '', draws: {} },
  }
  const pictures = new Map(
    items.map(({ id }) => {
      const stem = id.replace(/\.jpeg$/, '')
      return [id, { heatMap: `heatmaps/${stem}.png`, overlay: `overlays/${stem}.png`, mask: `masks/${stem}.png` }]
    }),
  )
  return {
    name: 'dataset-b-170',
    summary: 'Deep Feature Reconstruction on a 170 x 170 grid',
    variant: 'variance=0.90,lr=1e-3',
    verdict,
    thresholds,
    waivers: [],
    pictures,
  }
}

function rates(items: readonly VerdictItem[]): [precision: number, falsePositives: number, truePositives: number][] {
  const sorted = [...items].sort((a, b) => b.score - a.score)
  let [good, bad] = [0, 0]
  const points = sorted.map(({ label }): [number, number, number] => {
    if (label === 'nok') bad++
    else good++
    return [bad / (good + bad), good / GOOD, bad / BAD]
  })
  return [[1, 0, 0], ...points]
}

const METRICS: Readonly<Record<MetricName, MetricValue>> = {
  image_auroc: { value: 0.921, interval: [0.893, 0.946] },
  image_ap: { value: 0.887, interval: [0.84, 0.92] },
  image_f1: { value: 0.83 },
  image_f1_max: { value: 0.86 },
  image_accuracy: { value: 0.91 },
  image_precision: { value: 0.88 },
  image_recall: { value: 0.78, interval: [0.68, 0.88] },
  pixel_auroc: { value: 0.791, interval: [0.77, 0.81] },
  pixel_auroc_nok: { value: 0.742 },
  pixel_ap: { value: 0.31 },
  pixel_aupro: { value: 0.604, interval: [0.57, 0.63] },
  pixel_aupimo: { value: 0.21 },
  pixel_f1: { value: 0.35 },
  pixel_f1_max: { value: null, note: 'no limit' },
}
