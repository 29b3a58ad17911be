import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sanitize } from '../base/sanitize.ts'

/** A stage's log file: one line per message, with the time of day in front. */
export class StageLog {
  readonly #file: number

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#file = openSync(path, 'a')
  }

  write(text: string): void {
    const clock = new Date().toTimeString().slice(0, 8)
    writeSync(this.#file, `${clock} ${sanitize(text)}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}

export const logFile = (runFolder: string, address: string, key: string): string =>
  join(runFolder, 'logs', `${fileName(address, key)}.log`)

/** An address as a file name: everything odd becomes `_`, and then the key keeps two such names apart. */
export function fileName(address: string, key: string): string {
  const plain = address.replace(/[^A-Za-z0-9._=,@-]/g, '_')
  return plain === address ? plain : `${plain}-${key.slice(0, 8)}`
}
