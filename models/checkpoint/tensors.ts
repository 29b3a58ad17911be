/** A weight as its publisher stored it: row-major, in the publisher's axis order. Integers are widened to float32. */
export interface WeightTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** All tensors of a checkpoint by name, in file order. */
export type Weights = ReadonlyMap<string, WeightTensor>

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)
