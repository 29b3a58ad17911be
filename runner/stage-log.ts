import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { sanitize } from '../base/sanitize.ts'

/** A stage's log file: one line per message, with the time of day in front. */
export class StageLog {
  readonly path: string
  readonly #file: number

  constructor(folder: string, address: string, key: string) {
    mkdirSync(folder, { recursive: true })
    this.path = join(folder, `${fileName(address, key)}.log`)
    this.#file = openSync(this.path, 'a')
  }

  write(text: string): void {
    const clock = new Date().toTimeString().slice(0, 8)
    writeSync(this.#file, `${clock} ${sanitize(text)}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** An address as a file name: everything odd becomes `_`, and then the key keeps two such names apart. */
export function fileName(address: string, key: string): string {
  const plain = address.replace(/[^A-Za-z0-9._=,@-]/g, '_')
  return plain === address ? plain : `${plain}-${key.slice(0, 8)}`
}
