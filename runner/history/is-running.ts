import { readFileSync } from 'node:fs'

/** Clock ticks a second in /proc; Linux has told 100 to programs on every machine for decades. */
const TICKS_PER_SECOND = 100
/** Boot time is known to the second, and the first event comes a little after the process starts. */
const SLACK_MS = 2000

/** Whether the process of a run still lives; one that started after the run did only has its number. */
export function isRunning({ pid, started }: { readonly pid: number; readonly started: string }): boolean {
  if (pid <= 0) return false // it never got so far as to say
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const born = processStart(pid)
  return born === undefined || born <= Date.parse(started) + SLACK_MS
}

/** When a process started, ms since 1970; undefined where the system does not say. */
function processStart(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1])
    return boot * 1000 + (ticks / TICKS_PER_SECOND) * 1000
  } catch {
    return undefined
  }
}
