import { readdirSync, readFileSync } from 'node:fs'

const FIRST_MS = 20
const LONGEST_MS = 500

/**
 * Looks now and then at how much memory a process and all that it started hold (Linux, proc(5)). What several share
 * counts for each; a peak between two looks is seen only where one process alone made it and still lives. A process that
 * ends within 20 ms is never looked at.
 */
export class MemoryWatch {
  readonly #pid: number
  readonly #onLook: (bytes: number) => void
  #timer: NodeJS.Timeout | undefined
  #peakBytes = 0

  /** `onLook` hears what is held at each look, in bytes. */
  constructor(pid: number, onLook: (bytes: number) => void) {
    this.#pid = pid
    this.#onLook = onLook
    this.#wait(FIRST_MS)
  }

  /** Most memory seen, in bytes; 0 where nothing was. */
  stop(): number {
    clearTimeout(this.#timer)
    return this.#peakBytes
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      const { held, highest } = memoryBelow(this.#pid)
      this.#peakBytes = Math.max(this.#peakBytes, held, highest)
      this.#wait(Math.min(2 * ms, LONGEST_MS))
      this.#onLook(held)
    }, ms).unref()
  }
}

/** What a process and its descendants hold together, and the highest peak that one of them had, in bytes. */
function memoryBelow(root: number): { held: number; highest: number } {
  let [held, highest] = [0, 0]
  const left = [root]
  for (let pid = left.pop(); pid !== undefined; pid = left.pop()) {
    const status = read(`/proc/${pid}/status`)
    held += kilobytes(status, 'VmRSS') * 1024
    highest = Math.max(highest, kilobytes(status, 'VmHWM') * 1024)
    for (const thread of threadsOf(pid))
      left.push(...read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number))
  }
  return { held, highest }
}

const kilobytes = (status: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // it has ended
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // it has ended
  }
}
