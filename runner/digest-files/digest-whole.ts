import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { type Digest, digestBytes } from '../../base/digest.ts'

const buffer = Buffer.alloc(1 << 20)

/** Digest of a file's bytes, read at one go; throws the file system's own error. */
export function digestWhole(path: string): Digest {
  const file = openSync(path, 'r')
  try {
    let length = readSync(file, buffer)
    if (length < buffer.byteLength) return digestBytes(buffer.subarray(0, length))
    const hash = createHash('sha256')
    for (; length > 0; length = readSync(file, buffer)) hash.update(buffer.subarray(0, length))
    return hash.digest('hex') as Digest
  } finally {
    closeSync(file)
  }
}

export type Digested = { readonly digest: Digest } | { readonly failed: string }

/** The same with the file system's error as a value. */
export function tryDigest(path: string): Digested {
  try {
    return { digest: digestWhole(path) }
  } catch (error) {
    return { failed: (error as NodeJS.ErrnoException).code ?? String(error) }
  }
}
