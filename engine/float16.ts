const INFINITY = 0x7c00
const NOT_A_NUMBER = 0x7e00
const OVERFLOW = 0x47800000 // bits of 65536: infinite as float16 whatever the rounding
const SMALLEST_NORMAL = 0x38800000 // bits of 2^-14
const HALF_BITS = 0x3f000000 // bits of 0.5
const REBIAS = 0xc8000fff // exponent 127 to 15, plus half a unit less one in the bits that fall away

/** Float32 to the bits of IEEE 754 binary16, rounded to nearest, ties to even. */
export function toFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length)
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const scratch = new Float32Array(1)
  const scratchBits = new Uint32Array(scratch.buffer)
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]
    const magnitude = x & 0x7fffffff
    let half: number
    if (magnitude >= OVERFLOW) half = magnitude > 0x7f800000 ? NOT_A_NUMBER : INFINITY
    else if (magnitude < SMALLEST_NORMAL) {
      // Added to 0.5, the last bit of a float32 weighs 2^-24: the sum rounds as a subnormal must.
      scratch[0] = Math.abs(values[i]) + 0.5
      half = scratchBits[0] - HALF_BITS
    } else half = (magnitude + REBIAS + ((magnitude >>> 13) & 1)) >>> 13
    out[i] = ((x >>> 16) & 0x8000) | half
  }
  return out
}

let table: Float32Array | undefined

/** The bits of IEEE 754 binary16 to float32, exact. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, x) => valueOf(x))
  const out = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i]]
  return out
}

function valueOf(x: number): number {
  const sign = x & 0x8000 ? -1 : 1
  const exponent = (x >>> 10) & 31
  const fraction = x & 1023
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
