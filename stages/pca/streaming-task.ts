import { encodeBasis } from '../../artifacts/basis.ts'
import { type Cells, decodeCells } from '../../artifacts/cells.ts'
import { Failure } from '../../base/diagnostic.ts'
import { float16ToFloat32 } from '../../base/float16.ts'
import { meanAndCovariance, momentSession } from '../../engine/linear.ts'
import { symmetricEigen } from '../../engine/symmetric-eigen.ts'
import type { Inputs, RunKind, TaskContext } from '../stage.ts'

/** Cells per product: large enough for full speed, small enough to stop within moments. */
const CHUNK = 8192

/** Mean and covariance of the cells in one pass, then the eigenvectors of the (standardised) covariance. */
export async function principalComponents(
  inputs: Inputs,
  { settings, signal, progress, threads, log }: TaskContext<{ variance: number; standardize: boolean }>,
): Promise<Awaited<ReturnType<RunKind['run']>>> {
  const cells = decodeCells(await inputs.whole('cells').read())
  const { channels, rows } = cells.header
  if (rows < 2) throw new Failure('E210', `principal components need at least 2 cells, found ${rows}`)
  const session = await momentSession(
    { observations: CHUNK, channels, layout: 'rows', dtype: 'float16' },
    originOf(cells),
    { threads },
  )
  try {
    for (let from = 0; from < rows; from += CHUNK) {
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
      const count = Math.min(CHUNK, rows - from)
      await session.add(cells.values.subarray(from * channels, (from + count) * channels), count)
      progress(from + count, rows, 'cells')
    }
  } finally {
    await session.dispose()
  }
  const { mean, covariance } = meanAndCovariance(session.moments)
  const scale = settings.standardize ? deviations(covariance, channels) : new Float64Array(channels).fill(1)
  const { values, vectors } = symmetricEigen(scaled(covariance, scale), channels)
  const latent = componentsFor(values, settings.variance)
  log(`${latent} of ${channels} components reach ${settings.variance} of the variance`)
  const basis = encodeBasis({
    header: { cells: cells.header, standardize: settings.standardize, variance: settings.variance, latent },
    mean,
    scale,
    components: leadingRows(vectors, channels, latent),
    eigenvalues: values,
  })
  return { basis }
}

/** The first chunk's mean: subtracting it first keeps the digits that large squares would lose. */
function originOf({ header: { channels, rows }, values }: Cells): Float32Array {
  const count = Math.min(CHUNK, rows)
  const first = float16ToFloat32(values.subarray(0, count * channels))
  const sums = new Float64Array(channels)
  for (let row = 0; row < count; row++) for (let c = 0; c < channels; c++) sums[c] += first[row * channels + c]
  return Float32Array.from(sums, (sum) => sum / count)
}

/** Standard deviation of each channel; 1 where a channel never varies, so that it stays 0 instead of blowing up. */
const deviations = (covariance: Float64Array, channels: number): Float64Array =>
  Float64Array.from({ length: channels }, (_, c) => Math.sqrt(covariance[c * channels + c]) || 1)

function scaled(covariance: Float64Array, scale: Float64Array): Float64Array {
  const n = scale.length
  return covariance.map((value, at) => value / (scale[Math.floor(at / n)] * scale[at % n]))
}

/** Smallest number of leading eigenvalues whose sum reaches the share. */
function componentsFor(values: Float64Array, share: number): number {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  let sum = 0
  for (const [i, value] of values.entries()) {
    sum += Math.max(0, value)
    if (sum >= share * total) return i + 1
  }
  return values.length
}

function leadingRows(vectors: Float64Array, channels: number, latent: number): Float64Array {
  const rows = new Float64Array(latent * channels)
  for (let k = 0; k < latent; k++) for (let c = 0; c < channels; c++) rows[k * channels + c] = vectors[c * channels + k]
  return rows
}
