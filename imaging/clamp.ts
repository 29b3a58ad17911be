/**
 * A whole number (32 bits) clipped to 0..255 without a branch: on edges and noise, where clipping comes and goes, a
 * mispredicted branch costs more than the rest of a kernel.
 */
export function clampByte(value: number): number {
  const notBelow = value & ~(value >> 31)
  return (notBelow | ((255 - notBelow) >> 31)) & 255
}
