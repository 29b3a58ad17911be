/**
 * Whole numbers of 32 bits clipped without a branch: on edges and noise, where clipping comes and goes, a mispredicted
 * branch costs more than the rest of a kernel.
 */

/** To 0..255. */
export const clampByte = (value: number): number => clampTo(value, 255)

/** To 0..top, for a `top` of 2^n - 1. */
export function clampTo(value: number, top: number): number {
  const notBelow = value & ~(value >> 31)
  return (notBelow | ((top - notBelow) >> 31)) & top
}
