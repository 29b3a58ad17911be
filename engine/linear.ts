import * as tf from '@tensorflow/tfjs-core'
import { openSession, type SessionOptions, type TypedArray } from './session.ts'
import { type TensorSpec, trace } from './trace.ts'

/** How a chunk of observations lies in memory: one per row, [n, C], or one per column, [C, n] (faster). */
export type ChunkLayout = 'rows' | 'columns'

export interface ChunkSpec {
  /** Observations per chunk; a shorter last chunk is padded. */
  readonly observations: number
  readonly channels: number
  readonly layout: ChunkLayout
  readonly dtype: 'float32' | 'float16'
}

export interface MatmulSpec {
  readonly a: TensorSpec
  readonly b: TensorSpec
  readonly transposeA?: boolean
  readonly transposeB?: boolean
}

/** A product of two matrices of fixed shapes, computed in float32. */
export async function matmulSession(
  { a, b, transposeA = false, transposeB = false }: MatmulSpec,
  options?: SessionOptions,
): Promise<{ multiply(a: TypedArray, b: TypedArray): Promise<Float32Array>; dispose(): Promise<void> }> {
  const { model } = trace((inputs) => ({ product: tf.matMul(inputs['a'], inputs['b'], transposeA, transposeB) }), {
    a,
    b,
  })
  const session = await openSession(model, options)
  return {
    multiply: async (left, right) => (await session.run({ a: left, b: right }))['product'] as Float32Array,
    dispose: () => session.dispose(),
  }
}

/** First and second moments of observations about a fixed point `origin`, gathered chunk by chunk. */
export interface Moments {
  count: number
  readonly origin: Float32Array
  /** Sum of (x - origin), [C]. */
  readonly sum: Float64Array
  /** Sum of (x - origin)(x - origin)', row-major [C, C]. */
  readonly products: Float64Array
}

/**
 * Accumulates moments in one pass; products within a chunk in float32, across chunks in float64. An origin near the
 * mean (e.g. that of the first chunk) keeps digits that subtracting large squares would lose. Memory: C * C, whatever n.
 */
export async function momentSession(
  spec: ChunkSpec,
  origin: Float32Array = new Float32Array(spec.channels),
  options?: SessionOptions,
): Promise<{
  readonly moments: Moments
  add(chunk: TypedArray, count?: number): Promise<void>
  dispose(): Promise<void>
}> {
  const { channels, observations, layout } = spec
  const [axis, originShape] = layout === 'rows' ? [0, [1, channels]] : [1, [channels, 1]]
  const { model } = trace(
    (inputs) => {
      const x = tf.sub(tf.mul(inputs['x'], inputs['mask']), tf.mul(tf.tensor(origin, originShape), inputs['mask']))
      return { products: tf.matMul(x, x, layout === 'rows', layout === 'columns'), sum: tf.sum(x, axis) }
    },
    {
      x: chunkTensor(spec),
      mask: { shape: layout === 'rows' ? [observations, 1] : [1, observations], dtype: 'float32' },
    },
  )
  const session = await openSession(model, options)
  const moments: Moments = {
    count: 0,
    origin,
    sum: new Float64Array(channels),
    products: new Float64Array(channels * channels),
  }
  return {
    moments,
    async add(chunk, count = observations) {
      const mask = new Float32Array(observations).fill(1, 0, count)
      const results = await session.run({ x: padded(chunk, spec, count), mask })
      accumulate(moments.sum, results['sum'] as Float32Array)
      accumulate(moments.products, results['products'] as Float32Array)
      moments.count += count
    },
    dispose: () => session.dispose(),
  }
}

/** Mean [C] and covariance [C, C], divided by n - `ddof` (1: unbiased, as scikit-learn's PCA). */
export function meanAndCovariance(
  { count, origin, sum, products }: Moments,
  ddof = 1,
): { mean: Float64Array; covariance: Float64Array } {
  if (count <= ddof) throw new RangeError(`a covariance needs more than ${ddof} observations, found ${count}`)
  const n = sum.length
  const covariance = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      covariance[i * n + j] = (products[i * n + j] - (sum[i] * sum[j]) / count) / (count - ddof)
  return { mean: sum.map((s, i) => origin[i] + s / count), covariance }
}

/**
 * Coordinates of observations along `components` [k, C] after subtracting `mean` [C]: [n, k] for rows, [k, n] for columns.
 * `count` observations of a shorter chunk come back alone (rows); columns keep the full width.
 */
export async function projectSession(
  spec: ChunkSpec,
  { mean, components }: { readonly mean: Float32Array; readonly components: Float32Array },
  options?: SessionOptions,
): Promise<{ project(chunk: TypedArray, count?: number): Promise<Float32Array>; dispose(): Promise<void> }> {
  const { channels, observations, layout } = spec
  const k = components.length / channels
  const { model } = trace(
    ({ x }) => {
      const basis = tf.tensor2d(components, [k, channels])
      if (layout === 'rows') return { y: tf.matMul(tf.sub(x, tf.tensor(mean, [1, channels])), basis, false, true) }
      return { y: tf.matMul(basis, tf.sub(x, tf.tensor(mean, [channels, 1]))) }
    },
    { x: chunkTensor(spec) },
  )
  const session = await openSession(model, options)
  return {
    async project(chunk, count = observations) {
      const { y } = (await session.run({ x: padded(chunk, spec, count) })) as { y: Float32Array }
      return layout === 'rows' && count < observations ? y.slice(0, count * k) : y
    },
    dispose: () => session.dispose(),
  }
}

const chunkTensor = ({ observations, channels, layout, dtype }: ChunkSpec): TensorSpec => ({
  shape: layout === 'rows' ? [observations, channels] : [channels, observations],
  dtype,
})

/** The chunk at its full size; missing rows are zeros, columns must already be there. */
function padded(chunk: TypedArray, { observations, channels, layout, dtype }: ChunkSpec, count: number): TypedArray {
  const size = observations * channels
  if (chunk.length === size) return chunk
  if (layout === 'columns' || chunk.length !== count * channels)
    throw new RangeError(`a chunk holds ${chunk.length} values, expected ${size}`)
  const whole = dtype === 'float16' ? new Uint16Array(size) : new Float32Array(size)
  whole.set(chunk as Float32Array)
  return whole
}

function accumulate(total: Float64Array, part: Float32Array): void {
  for (let i = 0; i < part.length; i++) total[i] += part[i]
}
