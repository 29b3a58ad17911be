import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { asDigest, type Digest } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import { makeFolder } from '../base/make-folder.ts'

/** Larger outputs as files under their digest, `blobs/ab/cdef...`; a file appears whole, by rename, or not at all. */
export class Blobs {
  readonly #folder: string

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'blobs')
  }

  path(digest: Digest): string {
    return join(this.#folder, digest.slice(0, 2), digest.slice(2))
  }

  has(digest: Digest): boolean {
    return existsSync(this.path(digest))
  }

  get(digest: Digest): Uint8Array | undefined {
    try {
      return readFileSync(this.path(digest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  put(digest: Digest, bytes: Uint8Array): void {
    if (this.has(digest)) return
    const path = this.path(digest)
    const staged = `${path}.${randomBytes(4).toString('hex')}.part`
    makeFolder(dirname(path))
    try {
      faultPoint('blob-write')
      writeFileSync(staged, bytes, { flush: true })
      faultPoint('blob-rename')
      renameSync(staged, path)
      faultPoint('blob-renamed')
    } catch (error) {
      rmSync(staged, { force: true })
      throw error
    }
  }

  /** Takes a file over by moving it, bytes on disk first; it must lie on the same file system. */
  adopt(digest: Digest, file: string): void {
    if (this.has(digest)) return
    const path = this.path(digest)
    makeFolder(dirname(path))
    chmodSync(file, 0o644)
    const opened = openSync(file, 'r')
    fsyncSync(opened)
    closeSync(opened)
    faultPoint('blob-rename')
    renameSync(file, path)
    faultPoint('blob-renamed')
  }

  /** Every file there is; `digest` is undefined for one that was never finished. */
  *files(): Generator<{ readonly path: string; readonly digest: Digest | undefined; readonly size: number }> {
    for (const entry of readdirSync(this.#folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      const name = basename(entry.parentPath) + entry.name
      const digest = /^[0-9a-f]{64}$/.test(name) ? asDigest(name) : undefined
      yield { path, digest, size: statSync(path, { throwIfNoEntry: false })?.size ?? 0 }
    }
  }

  remove(digest: Digest): void {
    rmSync(this.path(digest), { force: true })
  }
}
