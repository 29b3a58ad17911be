import { Failure } from '../base/diagnostic.ts'
import type { ArtifactKind } from './kinds.ts'
import type { Tensor } from './safetensors.ts'

/** An artifact that is not what its contract says: E604, naming artifact and fault. */
export const brokenContract = (artifact: ArtifactKind, fault: string): Failure =>
  new Failure('E604', `${artifact}: ${fault}`, {
    help: ['this is a bug of the stage that made it, or its version was not raised; --force=STAGE computes it again'],
  })

/** Throws E604 unless the tensor has this shape. */
export function requireShape(
  artifact: ArtifactKind,
  name: string,
  { shape }: Pick<Tensor, 'shape'>,
  expected: readonly number[],
): void {
  if (shape.join() !== expected.join())
    throw brokenContract(artifact, `${name} has shape [${shape.join(', ')}], expected [${expected.join(', ')}]`)
}

/** Throws E604 where a value is not finite: one pass over the numbers. F16 is looked at as bits. */
export function requireFinite(artifact: ArtifactKind, name: string, { dtype, data }: Tensor): void {
  const at = dtype === 'F16' ? firstNonFiniteHalf(data) : firstNonFinite(data)
  if (at >= 0) throw brokenContract(artifact, `${name} is not finite at element ${at} of ${data.length}`)
}

/** IEEE 754 binary16: all exponent bits set means infinite or NaN. */
const HALF_EXPONENT = 0x7c00

function firstNonFiniteHalf(bits: Tensor['data']): number {
  for (let i = 0; i < bits.length; i++) if ((bits[i] & HALF_EXPONENT) === HALF_EXPONENT) return i
  return -1
}

function firstNonFinite(values: Tensor['data']): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i
  return -1
}

/** Throws E604 unless the value is a whole number from `least`. */
export function requireCount(artifact: ArtifactKind, name: string, value: unknown, least = 1): void {
  if (!Number.isSafeInteger(value) || (value as number) < least)
    throw brokenContract(artifact, `${name} is ${String(value)}, expected a whole number from ${least}`)
}
