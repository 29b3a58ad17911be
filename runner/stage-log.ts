import { closeSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { faultPoint } from '../base/fault.ts'
import { sanitize } from '../base/sanitize.ts'
import { makeFolder } from '../base/make-folder.ts'

/** How much of a log is kept with the result, in UTF-16 units: its end. */
const TAIL_LENGTH = 64_000

/** A stage's log file: one line per message, with the time of day in front; made with the first line. A disk that takes no log ends no run. */
export class StageLog {
  readonly #path: string
  #file: number | undefined
  #lines: string[] = []
  #length = 0

  constructor(path: string) {
    this.#path = path
  }

  write(text: string): void {
    const line = `${new Date().toTimeString().slice(0, 8)} ${sanitize(text)}\n`
    this.#keep(line)
    faultPoint('log-write')
    attempt(() => {
      this.#file ??= this.#open()
      writeSync(this.#file, line)
    })
  }

  /** The end of the log, whole lines. */
  tail(): string {
    const text = this.#lines.join('')
    return text.length <= TAIL_LENGTH ? text : text.slice(text.indexOf('\n', text.length - TAIL_LENGTH) + 1)
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }

  #open(): number {
    makeFolder(dirname(this.#path))
    return openSync(this.#path, 'a')
  }

  /** Drops the older half of the lines once there are twice as many as are kept. */
  #keep(line: string): void {
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length <= 2 * TAIL_LENGTH) return
    while (this.#length > TAIL_LENGTH && this.#lines.length > 1) this.#length -= this.#lines.shift()!.length
  }
}

function attempt<T>(write: () => T): T | undefined {
  try {
    return write()
  } catch {
    return undefined
  }
}

export const logFile = (runFolder: string, address: string, key: string): string =>
  join(runFolder, 'logs', `${fileName(address, key)}.log`)

/** File systems take names of 255 bytes. */
const LONGEST_NAME = 200

/** An address as a file name: everything odd becomes `_`, and what is too long goes; then the key keeps two such names apart. */
export function fileName(address: string, key: string): string {
  const plain = address.replace(/[^A-Za-z0-9._=,@-]/g, '_').slice(0, LONGEST_NAME)
  return plain === address ? plain : `${plain}-${key.slice(0, 8)}`
}
