/** Above this a buffer is not kept: all of them stay below 320 MB a process. */
const KEPT_BYTES = 64 * 1024 * 1024

const kept = new Map<string, Uint8Array>()

/**
 * A buffer for values that live only inside one synchronous call; the next call with the same name gets the same bytes
 * again, not cleared. Fresh memory costs more than most kernels: a px of it is a page fault first.
 */
export function scratch(name: 'lightness' | 'a' | 'b' | 'equalized' | 'narrowed', length: number): Uint8Array {
  const buffer = kept.get(name)
  if (buffer !== undefined && buffer.length >= length) return buffer.subarray(0, length)
  const fresh = new Uint8Array(length)
  if (length <= KEPT_BYTES) kept.set(name, fresh)
  return fresh
}
