import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskContext } from '../stage.ts'

/** Bytes gathered before they are written. */
const CHUNK_BYTES = 1 << 20
/** The runner's own process does this: nothing holds it for longer than this at a stretch. */
const STRETCH_MS = 20

/** Writes pieces end to end into one kept file. */
export async function concatenate(
  pieces: readonly (() => Uint8Array | Promise<Uint8Array>)[],
  { disk, signal, progress }: Pick<TaskContext, 'disk' | 'signal' | 'progress'>,
): ReturnType<TaskContext['disk']['keep']> {
  const path = join(disk.folder(), 'joined')
  const file = openSync(path, 'w')
  try {
    let gathered: Uint8Array[] = []
    let bytes = 0
    let since = performance.now()
    const write = (): void => {
      writeSync(file, Buffer.concat(gathered))
      gathered = []
      bytes = 0
    }
    for (const [i, piece] of pieces.entries()) {
      const content = await piece()
      gathered.push(content)
      bytes += content.byteLength
      if (bytes >= CHUNK_BYTES) write()
      if (performance.now() - since > STRETCH_MS) {
        await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
        progress(i + 1, pieces.length, 'files')
        since = performance.now()
      }
    }
    write()
  } finally {
    closeSync(file)
  }
  return await disk.keep(path)
}
