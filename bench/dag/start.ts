import { type ChildProcess, spawn } from 'node:child_process'
import { watchMemory } from '../memory.ts'

const KEPT_CHARACTERS = 4000

export interface Started {
  /** From start to the end of the process. */
  readonly wallMs: number
  /** Most memory that the process and all that it started held together; null where the system does not tell. */
  readonly peakMb: number | null
  /** Null where it was killed. */
  readonly code: number | null
  /** The end of what it wrote to both outputs. */
  readonly said: string
}

export interface StartOptions {
  readonly folder: string
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Where it takes longer, it is killed with all that it started. @default 600,000 */
  readonly limitMs?: number
  /** The process itself, for those who want to kill it. */
  readonly onStart?: (child: ChildProcess) => void
}

/** Runs a command to its end, whatever that is. Variables of flawline's own are not passed on. */
export function start(
  [file, ...args]: readonly string[],
  { folder, env, limitMs = 600_000, onStart }: StartOptions,
): Promise<Started> {
  const variables = Object.entries(process.env).filter(([name]) => !/^(PIPELINE|npm)_/i.test(name))
  const started = performance.now()
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...Object.fromEntries(variables), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, to end it whole
  })
  const memory = watchMemory(child.pid)
  const timer = setTimeout(() => endGroup(child), limitMs)
  let said = ''
  const keep = (text: string): void => {
    said = (said + text).slice(-KEPT_CHARACTERS)
  }
  child.stdout.setEncoding('utf8').on('data', keep)
  child.stderr.setEncoding('utf8').on('data', keep)
  onStart?.(child)
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('exit', (code) => {
      const wallMs = performance.now() - started
      const peakMb = memory.stop()
      clearTimeout(timer)
      endGroup(child) // what it left running would disturb the next
      child.once('close', () => done({ wallMs, peakMb, code, said }))
    })
  })
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing is left of it
  }
}
