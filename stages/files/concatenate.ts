import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskContext } from '../stage.ts'

/** Bytes held in memory before they are written to a file. */
const CHUNK_BYTES = 4e6
/** The runner's own process does this: nothing holds it for longer than this at a stretch. */
const STRETCH_MS = 20

/** Keeps pieces end to end as one content, by way of a file where they are many bytes. */
export async function concatenate(
  pieces: readonly (() => Uint8Array | Promise<Uint8Array>)[],
  { disk, signal, progress }: Pick<TaskContext, 'disk' | 'signal' | 'progress'>,
): ReturnType<TaskContext['disk']['keep']> {
  const joined = new Joined(disk)
  let since = performance.now()
  try {
    for (const [i, piece] of pieces.entries()) {
      joined.add(await piece())
      if (performance.now() - since <= STRETCH_MS) continue
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
      progress(i + 1, pieces.length, 'files')
      since = performance.now()
    }
    return await disk.keep(joined.end())
  } finally {
    joined.close()
  }
}

/** Content that grows: in memory, and from the first full chunk on in a file. */
class Joined {
  readonly #disk: TaskContext['disk']
  #gathered: Uint8Array[] = []
  #bytes = 0
  #file: { readonly path: string; readonly open: number } | undefined

  constructor(disk: TaskContext['disk']) {
    this.#disk = disk
  }

  add(content: Uint8Array): void {
    this.#gathered.push(content)
    this.#bytes += content.byteLength
    if (this.#bytes >= CHUNK_BYTES) this.#write()
  }

  /** The whole: bytes, or the path of the file they are in. */
  end(): Uint8Array | string {
    if (this.#file === undefined) return Buffer.concat(this.#gathered)
    this.#write()
    return this.#file.path
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file.open)
  }

  #write(): void {
    if (this.#file === undefined) {
      const path = join(this.#disk.folder(), 'joined')
      this.#file = { path, open: openSync(path, 'w') }
    }
    writeSync(this.#file.open, Buffer.concat(this.#gathered))
    this.#gathered = []
    this.#bytes = 0
  }
}
