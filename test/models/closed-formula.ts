import { expect } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import type { ArraySpec } from '../../engine/optimizers.ts'
import { type Layer, layerParams } from '../../models/layers.ts'

/** A tensor of an oracle: its root mean square, and every seventh of its first values. */
export interface Sampled {
  readonly rms: number
  readonly some: readonly number[]
}

/** The closed formula of the oracles: uniform in +-scale about the offset. */
export function noise(count: number, seed: number, scale: number, offset = 0): Float32Array {
  const fraction = (x: number): number => x - Math.floor(x)
  return Float32Array.from(
    { length: count },
    (_, k) => (fraction(Math.sin(12.9898 * (k + 1) + 78.233 * seed) * 43758.5453) - 0.5) * 2 * scale + offset,
  )
}

/** Parameters of layers by that formula, as the oracles have them. */
export function formulaParams(layers: readonly Layer[]): Record<string, ArraySpec> {
  const shapes = layerParams(layers, seededRandom('shapes'))
  return Object.fromEntries(
    Object.entries(shapes).map(
      (
        [
          name,
          {
            shape,
            data: { length },
          },
        ],
        i,
      ) => [name, { shape, data: noise(length, i, scaleOf(name, shape), name.endsWith('.gain') ? 1 : 0) }],
    ),
  )
}

function scaleOf(name: string, shape: readonly number[]): number {
  if (name.endsWith('.bias')) return 0.1
  if (!name.endsWith('.filter')) return 0.2
  const [height, width, a] = shape
  return 1 / Math.sqrt(a * height * width)
}

export const floats = (arrays: Record<string, ArraySpec>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]))
export const data = (arrays: Record<string, ArraySpec>) =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.data]))

/** float32 sums in another order: 2e-4 of the tensor's own size, and a floor for true zeros such as biases before a norm. */
export function expectSampled(actual: ArrayLike<number>, expected: Sampled, name: string, floor = 1e-6): void {
  const tolerance = 2e-4 * expected.rms + floor
  expected.some.forEach((value, i) => {
    expect(Math.abs(actual[7 * i] - value), `${name}[${7 * i}]: ${actual[7 * i]} for ${value}`).toBeLessThan(tolerance)
  })
  const rms = Math.sqrt(Array.from(actual).reduce((sum, x) => sum + x * x, 0) / actual.length)
  expect(Math.abs(rms - expected.rms), `${name}: rms`).toBeLessThan(tolerance)
}
