/** Pixel metrics of generated score maps for each line on stdin, see `peer.ts`; started by `metrics.ts`. */
import { aupro } from '../metrics/aupro.ts'
import { bootstrapIntervals } from '../metrics/bootstrap.ts'
import { PixelMetrics } from '../metrics/pixel.ts'
import { rankingAuroc, rankingAveragePrecision } from '../metrics/roc.ts'
import { answer, forEachLine, serve } from './answer.ts'
import { imageAt } from './metric-images.ts'

const [form, images] = process.argv.slice(2)
const count = Number(images)
if (form === 'bootstrap') await serveBootstrap()
else await servePixels()

/** The time of counting and ranking; making the maps is left out. */
async function servePixels(): Promise<void> {
  await forEachLine(() => {
    const metrics = new PixelMetrics()
    let ms = 0
    for (let n = 0; n < count; n++) {
      const image = imageAt(n)
      const started = performance.now()
      metrics.add(image)
      ms += performance.now() - started
    }
    const started = performance.now()
    const { method, auroc, averagePrecision, bounds } = metrics.result()
    ms += performance.now() - started
    const figure = (value: number | null, bound: number): string => `${value?.toFixed(6)} +-${bound.toExponential(0)}`
    answer(
      ms,
      `${method}: AUROC ${figure(auroc, bounds.auroc)}, AP ${figure(averagePrecision, bounds.averagePrecision)}`,
    )
  })
}

/** The time of 1000 resamples of three metrics. */
async function serveBootstrap(): Promise<void> {
  const metrics = new PixelMetrics()
  for (let n = 0; n < count; n++) metrics.add(imageAt(n))
  const labels = Array.from({ length: count }, (_, n) => n % 2)
  await serve(() => {
    const histograms = metrics.imageHistograms()
    bootstrapIntervals({
      groups: labels.map((_, n) => n),
      labels,
      seed: 1,
      statistics: (weights) => {
        const ranking = histograms.ranking(weights)
        return [rankingAuroc(ranking), rankingAveragePrecision(ranking), aupro(ranking)]
      },
    })
  })
}
