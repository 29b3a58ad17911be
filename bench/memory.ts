import { readFileSync } from 'node:fs'

const INTERVAL_MS = 50
const UNITS_PER_MB = 1024 // /proc counts in kB

/** Watches what a process and all that it started hold in memory together. Linux tells; elsewhere the answer is null. */
export function watchMemory(pid: number | undefined): { stop(): number | null } {
  let peak = 0
  const timer = setInterval(() => {
    if (pid !== undefined)
      peak = Math.max(
        peak,
        treeOf(pid).reduce((sum, each) => sum + residentOf(each), 0),
      )
  }, INTERVAL_MS)
  return {
    stop() {
      clearInterval(timer)
      return peak === 0 ? null : peak / UNITS_PER_MB
    },
  }
}

const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)]

const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)

/** Resident memory in kB; 0 for a process that has ended. */
const residentOf = (pid: number): number => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // ended meanwhile, or a system without /proc
  }
}
