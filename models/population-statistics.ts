import type * as tf from '@tensorflow/tfjs-core'
import type { Arrays, Batches } from '../engine/fit.ts'
import type { Tensors } from '../engine/optimizers.ts'
import { openSession } from '../engine/session.ts'
import { type TensorSpec, trace } from '../engine/trace.ts'

export interface StatisticsOptions {
  readonly params: Arrays
  /** Running statistics of the network; their names and shapes are read. */
  readonly buffers: Arrays
  /** Shape of what `batches` gives under the name `x`. */
  readonly batch: TensorSpec
  readonly batches: Batches
  /** Mean and unbiased variance of a batch, under the names of the buffers. */
  readonly statistics: (params: Tensors, x: tf.Tensor) => Tensors
  readonly threads: number
  readonly signal: AbortSignal
}

/**
 * Batch-norm statistics of the whole sample, in one pass with fixed weights: the mean of the batches' means, and by the law
 * of total variance the mean of their variances plus the variance of their means. Gives buffers for use.
 */
export async function populationStatistics({
  params,
  buffers,
  batch,
  batches,
  statistics,
  threads,
  signal,
}: StatisticsOptions): Promise<Arrays> {
  const floats = Object.fromEntries(
    Object.entries(params).map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]),
  )
  const graph = trace(({ x, ...weights }) => statistics(weights, x), {
    ...floats,
    x: batch,
  })
  const session = await openSession(graph.model, { threads })
  const weights = Object.fromEntries(Object.entries(params).map(([name, { data }]) => [name, data]))
  const means = accumulators(buffers)
  const squares = accumulators(buffers)
  let count = 0
  try {
    for await (const { x } of batches) {
      signal.throwIfAborted()
      const found = await session.run({ ...weights, x })
      for (const [name, values] of Object.entries(found)) {
        for (const [i, value] of (values as Float32Array).entries()) {
          means[name][i] += value
          squares[name][i] += value * value
        }
      }
      count++
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    await session.dispose()
  }
  return Object.fromEntries(
    Object.entries(buffers).map(([name, { shape }]) => [name, { shape, data: pooled(name, means, squares, count) }]),
  )
}

function pooled(
  name: string,
  means: Readonly<Record<string, Float64Array>>,
  squares: typeof means,
  count: number,
): Float32Array {
  if (!name.endsWith('.variance')) return Float32Array.from(means[name], (sum) => sum / count)
  const layerMean = name.replace(/variance$/, 'mean')
  return Float32Array.from(
    means[name],
    (sum, i) => sum / count + squares[layerMean][i] / count - (means[layerMean][i] / count) ** 2,
  )
}

const accumulators = (arrays: Arrays): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, new Float64Array(data.length)]))
