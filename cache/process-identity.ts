import { readFileSync, readlinkSync } from 'node:fs'

/** What tells a process from a later one of the same pid. Empty texts where the system does not say. */
export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks from boot to its start. */
  readonly start: string
  /** Boot and pid namespace in which the pid counts. */
  readonly boot: string
}

let own: ProcessIdentity | undefined

export function ownProcess(): ProcessIdentity {
  own ??= { pid: process.pid, start: statOf(process.pid)?.start ?? '', boot: currentBoot() }
  return own
}

/** Whether that very process still lives. One of another boot or of another container's pids counts as dead. */
export function isAlive({ pid, start, boot }: ProcessIdentity): boolean {
  if (boot !== ownProcess().boot) return false
  if (start === '') return accepts(pid)
  const stat = statOf(pid)
  return stat !== undefined && stat.start === start && !['Z', 'X'].includes(stat.state)
}

/** `/proc/PID/stat`, see proc(5): the state is field 3, the start time field 22; field 2 may hold anything in brackets. */
function statOf(pid: number): { readonly state: string; readonly start: string } | undefined {
  const text = read(`/proc/${pid}/stat`)
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields && { state: fields[0], start: fields[19] }
}

const currentBoot = (): string => {
  const id = read('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  try {
    return `${id} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return id
  }
}

/** Where there is no `/proc`: whether some process has the pid. */
function accepts(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
