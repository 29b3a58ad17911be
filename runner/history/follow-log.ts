import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunEvent } from '../events.ts'
import { EventFold } from './fold-events.ts'
import { isRunning } from './is-running.ts'

const POLL_MS = 200

export interface Followed {
  readonly folders: { readonly root: string; readonly runs: string }
  readonly run: string
  readonly address: string
  /** Lines told of what was there already. */
  readonly last: number
}

/** Tells the lines of a stage's log as they are written, until the stage has ended, or its run has, in whatever way. */
export async function followLog(
  { folders, run, address, last }: Followed,
  tell: (lines: readonly string[]) => void,
): Promise<void> {
  const events = new GrowingFile(join(folders.runs, run, 'events.jsonl'))
  const fold = new EventFold(run)
  let log: GrowingFile | undefined
  for (let first = true; ; ) {
    for (const line of events.newLines()) fold.add(JSON.parse(line) as RunEvent)
    const document = fold.document()
    const stage = document.stages.find((each) => each.address === address)
    const ended = document.exit !== null || !isRunning(document)
    const done = ended || (stage !== undefined && stage.state !== 'running' && stage.state !== 'waiting')
    if (log === undefined && stage?.log !== undefined) log = new GrowingFile(join(folders.root, stage.log))
    const lines = log?.newLines() ?? []
    if (lines.length > 0) {
      tell(first && last !== Infinity ? lines.slice(-last) : lines)
      first = false
    }
    if (done) return
    await pause(POLL_MS)
  }
}

const CHUNK_BYTES = 1 << 16

/** Reads whole lines of a file that another process appends to; what is no whole line yet is kept for the next time. */
class GrowingFile {
  readonly #path: string
  #offset = 0
  #rest = Buffer.alloc(0)

  constructor(path: string) {
    this.#path = path
  }

  newLines(): string[] {
    const bytes = Buffer.concat([this.#rest, ...this.#newBytes()])
    const end = bytes.lastIndexOf(0x0a)
    this.#rest = bytes.subarray(end + 1)
    return end < 0 ? [] : bytes.toString('utf8', 0, end).split('\n')
  }

  #newBytes(): Buffer[] {
    const chunks: Buffer[] = []
    let file: number
    try {
      file = openSync(this.#path, 'r')
    } catch {
      return chunks // not there yet
    }
    try {
      for (;;) {
        const chunk = Buffer.alloc(CHUNK_BYTES)
        const read = readSync(file, chunk, 0, CHUNK_BYTES, this.#offset)
        if (read === 0) return chunks
        this.#offset += read
        chunks.push(chunk.subarray(0, read))
      }
    } finally {
      closeSync(file)
    }
  }
}
