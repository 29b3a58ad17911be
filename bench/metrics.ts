import { execFileSync } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { seededRandom } from '../base/random.ts'
import { aupro } from '../metrics/aupro.ts'
import { bootstrapIntervals } from '../metrics/bootstrap.ts'
import type { PixelImage } from '../metrics/pixel-image.ts'
import { PixelMetrics } from '../metrics/pixel.ts'
import { rankingAuroc, rankingAveragePrecision } from '../metrics/roc.ts'

/** One timed figure. */
export interface Timing {
  readonly what: string
  readonly seconds: number
  /** What design.md allows; absent for a figure that is only compared. */
  readonly budgetSeconds?: number
  readonly detail: string
}

const SIDE = 1000
const IMAGES = 50
const EXACT_IMAGES = 4

/**
 * Times the pixel metrics over 50 million scores (50 images of 1000 x 1000, half of them with four defects each), the exact
 * side over 4 million, and the bootstrap. With `python`, an interpreter that has scikit-learn, the same scores go through
 * its AUROC and average precision too, which takes over a minute and 3 GB.
 */
export function run({ python }: { python?: string } = {}): Timing[] {
  const imageAt = imageSource()
  const binned = timePixels('50 M scores: AUROC, AP, AUPRO, F1-max by histogram', IMAGES, imageAt, 1)
  const exact = timePixels('4 M scores: the same by sorting', EXACT_IMAGES, imageAt)
  const timings = [binned.timing, exact.timing, timeBootstrap(binned.metrics)]
  return python === undefined ? timings : [...timings, ...timeScikitLearn(python, imageAt)]
}

/** Makes image n, the same at each call: log-normal scores, shifted inside the defects, from one table of random numbers. */
function imageSource(): (n: number) => PixelImage {
  const random = seededRandom('bench/metrics')
  const noise = Float32Array.from({ length: 2 ** 20 }, () => Math.exp(random.normal()))
  return (n) => {
    const start = seededRandom('bench/metrics', n).below(noise.length)
    const map = new Float32Array(SIDE * SIDE)
    for (let i = 0; i < map.length; i++) map[i] = noise[(start + i) & (noise.length - 1)] * (1 + n / 1000)
    if (n % 2 === 0) return { map, mask: null, regions: null, nok: false }
    const labels = new Int32Array(map.length)
    for (let label = 1; label <= 4; label++) {
      const size = 20 * label
      for (let y = 0; y < size; y++) {
        const from = (200 * label + y) * SIDE + 180 * label
        labels.fill(label, from, from + size)
      }
    }
    for (let i = 0; i < map.length; i++) if (labels[i] > 0) map[i] *= 3
    return { map, mask: Uint8Array.from(labels), regions: { labels, count: 4 }, nok: true }
  }
}

function timePixels(what: string, images: number, imageAt: (n: number) => PixelImage, budgetSeconds?: number) {
  const metrics = new PixelMetrics()
  let ms = 0
  for (let n = 0; n < images; n++) {
    const image = imageAt(n)
    const start = performance.now()
    metrics.add(image)
    ms += performance.now() - start
  }
  const start = performance.now()
  const { method, auroc, averagePrecision, aupro: pro, bounds } = metrics.result()
  ms += performance.now() - start
  const figure = (value: number | null, bound: number): string => `${value?.toFixed(6)} +-${bound.toExponential(1)}`
  const timing: Timing = {
    what,
    seconds: ms / 1000,
    ...(budgetSeconds === undefined ? {} : { budgetSeconds }),
    detail: `${method}: AUROC ${figure(auroc, bounds.auroc)}, AP ${figure(averagePrecision, bounds.averagePrecision)}, AUPRO ${figure(pro, bounds.aupro)}`,
  }
  return { metrics, timing }
}

function timeBootstrap(metrics: PixelMetrics): Timing {
  const labels = Array.from({ length: IMAGES }, (_, n) => n % 2)
  const start = performance.now()
  const histograms = metrics.imageHistograms()
  const intervals = bootstrapIntervals({
    groups: labels.map((_, n) => n),
    labels,
    seed: 1,
    statistics: (weights) => {
      const ranking = histograms.ranking(weights)
      return [rankingAuroc(ranking), rankingAveragePrecision(ranking), aupro(ranking)]
    },
  })
  return {
    what: '1000 resamples of the three over 50 images',
    seconds: (performance.now() - start) / 1000,
    detail: intervals.map((i) => (i === null ? 'undefined' : `[${i.low.toFixed(4)}, ${i.high.toFixed(4)}]`)).join(' '),
  }
}

const SCIKIT_LEARN = `
import json, resource, sys, time
import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score
s, y = np.fromfile(sys.argv[1], np.float32), np.fromfile(sys.argv[2], np.uint8)
out = []
for name, f in (("AUROC", roc_auc_score), ("AP", average_precision_score)):
    start = time.perf_counter()
    value = f(y, s)
    seconds = time.perf_counter() - start
    out.append({"name": name, "value": value, "seconds": seconds, "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20})
print(json.dumps(out))
`

function timeScikitLearn(python: string, imageAt: (n: number) => PixelImage): Timing[] {
  const folder = mkdtempSync(join(tmpdir(), 'flawline-bench-'))
  try {
    const [scores, labels] = [join(folder, 'scores'), join(folder, 'labels')]
    const files = [openSync(scores, 'w'), openSync(labels, 'w')]
    for (let n = 0; n < IMAGES; n++) {
      const { map, mask } = imageAt(n)
      writeSync(files[0], map)
      writeSync(
        files[1],
        Uint8Array.from(mask ?? new Uint8Array(map.length), (label) => (label > 0 ? 1 : 0)),
      )
    }
    for (const file of files) closeSync(file)
    const answer = execFileSync(python, ['-c', SCIKIT_LEARN, scores, labels], { encoding: 'utf8' })
    const rows = JSON.parse(answer) as { name: string; value: number; seconds: number; gb: number }[]
    return rows.map(({ name, value, seconds, gb }) => ({
      what: `50 M scores: scikit-learn's ${name}`,
      seconds,
      detail: `${value.toFixed(6)}, peak ${gb.toFixed(1)} GiB`,
    }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
