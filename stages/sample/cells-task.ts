import { encodeCells } from '../../artifacts/cells.ts'
import { channelsOf, decodeFeatures, type FeaturesHeader } from '../../artifacts/features.ts'
import { Failure } from '../../base/diagnostic.ts'
import type { Random } from '../../base/random.ts'
import { float32ToFloat16 } from '../../base/float16.ts'
import { type Aggregation, aggregateCells, planAggregation } from '../../models/aggregate.ts'
import type { Inputs, RunKind, TaskContext } from '../stage.ts'

type Outputs = Awaited<ReturnType<RunKind['run']>>

/** Gathers the cells of all training images, image after image; memory is the sample itself. */
export async function sampleCellsOf(
  inputs: Inputs,
  { settings, draw, progress, signal, log }: TaskContext<{ grid: number; per_image: number | 'all' }>,
): Promise<Outputs> {
  const features = inputs.items('features')
  const header = features.header as FeaturesHeader
  const { grid } = settings
  const total = grid * grid
  const perImage = settings.per_image === 'all' ? total : Math.min(settings.per_image, total)
  if (features.items.length === 0)
    throw new Failure('E210', 'no training image reaches the sample', {
      help: ['check the split: held_out may have taken all of them'],
    })
  if (grid > header.size)
    throw new Failure('E106', `a grid of ${grid} cells does not fit into ${header.size} px`, {
      help: [`sample.grid goes up to extract.size, here ${header.size}`],
    })
  const channels = channelsOf(header)
  const plans = header.taps.map((tap) => planAggregation(tap, { grid, size: header.size }))
  const values = new Uint16Array(features.items.length * perImage * channels)
  for (const [i, item] of features.items.entries()) {
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
    const maps = decodeFeatures(await features.read(item), header.taps)
    const cells = drawCells(draw(item.digest, item.copy), total, perImage)
    values.set(float32ToFloat16(cellRows(maps, header, { grid, cells, plans })), i * perImage * channels)
    progress(i + 1, features.items.length, 'images')
  }
  const rows = features.items.length * perImage
  log(`${rows} cells of ${channels} channels from ${features.items.length} images, ${grid} grid`)
  const cells = encodeCells({
    header: { features: header, grid, channels, rows, images: features.items.length },
    values,
  })
  return { cells }
}

/** Aggregated cells of all taps side by side, [cells, channels]. */
function cellRows(
  maps: readonly Uint16Array[],
  { taps, size }: FeaturesHeader,
  { grid, cells, plans }: { grid: number; cells: Int32Array; plans: readonly Aggregation[] },
): Float32Array {
  const channels = taps.reduce((sum, tap) => sum + tap.channels, 0)
  const rows = new Float32Array(cells.length * channels)
  let first = 0
  for (const [i, tap] of taps.entries()) {
    const columns = aggregateCells({ ...tap, data: maps[i] }, { grid, size }, cells, plans[i])
    for (let channel = 0, at = 0; channel < tap.channels; channel++) {
      for (let cell = 0; cell < cells.length; cell++) rows[cell * channels + first + channel] = columns[at++]
    }
    first += tap.channels
  }
  return rows
}

/** Different cells in rising order; all of them where that many are asked for. */
function drawCells(random: Random, total: number, count: number): Int32Array {
  const all = Int32Array.from({ length: total }, (_, cell) => cell)
  return count === total ? all : random.shuffle(all).slice(0, count).sort()
}
