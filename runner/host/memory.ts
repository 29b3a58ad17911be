import { readFileSync, writeFileSync } from 'node:fs'

/** Starts a new peak (Linux, proc(5): 5 in `clear_refs`); elsewhere the peak is that of the process so far. */
export function resetPeakMemory(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // No such file, or not allowed.
  }
}

/** Most resident memory since the last reset, in bytes. */
export function peakMemory(): number {
  try {
    const kB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
    if (kB !== undefined) return Number(kB) * 1024
  } catch {
    // No such file.
  }
  return process.resourceUsage().maxRSS * 1024
}

/** Where memory runs out, the system shall end this process and not its parent (Linux, proc(5): -1000 to 1000). */
export function volunteerForOom(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '500')
  } catch {
    // No such file.
  }
}
