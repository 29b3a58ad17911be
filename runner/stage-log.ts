import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { faultPoint } from '../base/fault.ts'
import { sanitize } from '../base/sanitize.ts'

/** A stage's log file: one line per message, with the time of day in front. A disk that takes no log ends no run. */
export class StageLog {
  readonly #file: number | undefined

  constructor(path: string) {
    this.#file = attempt(() => {
      mkdirSync(dirname(path), { recursive: true })
      return openSync(path, 'a')
    })
  }

  write(text: string): void {
    const clock = new Date().toTimeString().slice(0, 8)
    const file = this.#file
    faultPoint('log-write')
    if (file !== undefined) attempt(() => writeSync(file, `${clock} ${sanitize(text)}\n`))
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
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

/** An address as a file name: everything odd becomes `_`, and then the key keeps two such names apart. */
export function fileName(address: string, key: string): string {
  const plain = address.replace(/[^A-Za-z0-9._=,@-]/g, '_')
  return plain === address ? plain : `${plain}-${key.slice(0, 8)}`
}
