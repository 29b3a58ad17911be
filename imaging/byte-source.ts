import { open } from 'node:fs/promises'

/** Bytes that can be read anywhere without holding all of them. */
export interface ByteSource {
  readonly size: number
  /** Up to `length` bytes from `offset`; fewer at the end, none behind it. */
  read(offset: number, length: number): Promise<Uint8Array>
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  }
}

const BLOCK_BYTES = 4096

/** Runs `use` over a file that is open for its time; small reads are served from one block of 4 kB. */
export async function withFileSource<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    let block = new Uint8Array(0)
    let blockStart = 0
    return await use({
      size,
      async read(offset, length) {
        const inside = offset >= blockStart && offset + length <= blockStart + block.length
        if (!inside) {
          const buffer = new Uint8Array(Math.max(0, Math.min(Math.max(length, BLOCK_BYTES), size - offset)))
          const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
          block = buffer.subarray(0, bytesRead)
          blockStart = offset
        }
        return block.subarray(offset - blockStart, offset - blockStart + length)
      },
    })
  } finally {
    await file.close()
  }
}
