import { createHash } from 'node:crypto'

/** A seeded stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number
  /** Whole number in 0 .. n - 1. */
  below(n: number): number
  /** Standard normal (Box-Muller, one draw per pair kept simple). */
  normal(): number
  /** Fisher-Yates, in place; returns the array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(array: T): T
}

/**
 * A generator whose stream depends on nothing but its arguments, e.g. `seededRandom(seed, kind, digest, copy)`:
 * adding one image disturbs no other. xoshiro128** (Blackman, Vigna 2018) seeded from SHA-256.
 */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest()
  let a = bytes.readUInt32LE(0)
  let b = bytes.readUInt32LE(4)
  let c = bytes.readUInt32LE(8)
  let d = bytes.readUInt32LE(12) | 1 // never all zero

  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k))
  function next(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotate(d, 11)
    return result / 4294967296
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    uniform: (low, high) => low + (high - low) * next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle(array) {
      for (let i = array.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const kept = array[i]
        array[i] = array[j]
        array[j] = kept
      }
      return array
    },
  }
}
