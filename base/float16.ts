/** IEEE 754 binary16 in Uint16Array, as tensors are stored; Node 20 has no Float16Array. */

let table: Float32Array | undefined

/** All 65,536 halves as float32, made on first use (256 kB). */
function halves(): Float32Array {
  if (table !== undefined) return table
  table = new Float32Array(65536)
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    table[bits] =
      exponent === 0
        ? sign * fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? sign * Infinity
            : NaN
          : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
  }
  return table
}

/** Exact. `into` may be given to reuse memory; it must have the same length. */
export function float16ToFloat32(bits: Uint16Array, into = new Float32Array(bits.length)): Float32Array {
  const values = halves()
  for (let i = 0; i < bits.length; i++) into[i] = values[bits[i]]
  return into
}

const scratch = new Float32Array(1)
const scratchBits = new Uint32Array(scratch.buffer)

/** Rounds to nearest, ties to even; beyond 65,520 becomes infinite. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length)
  for (let i = 0; i < values.length; i++) {
    scratch[0] = values[i]
    const bits = scratchBits[0]
    const sign = (bits >>> 16) & 0x8000
    const magnitude = bits & 0x7fffffff
    if (magnitude > 0x7f800000) out[i] = sign | 0x7e00
    else if (magnitude >= 0x477ff000) out[i] = sign | 0x7c00
    else if (magnitude >= 0x38800000) {
      // Adding the bit that would be last makes an exact half round up only where the kept part is odd.
      const odd = (magnitude >>> 13) & 1
      out[i] = sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13)
    } else {
      scratch[0] = Math.abs(values[i]) + 0.5 // the float32 adder rounds subnormal halves (steps of 2^-24) to even
      out[i] = sign | (scratchBits[0] - 0x3f000000)
    }
  }
  return out
}
