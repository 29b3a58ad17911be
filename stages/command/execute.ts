import { constants } from 'node:os'
import { Failure } from '../../base/diagnostic.ts'
import { formatBytes } from '../../base/format.ts'
import type { ProcessUsage } from '../stage.ts'
import { BoundedLog } from './bounded-log.ts'
import { start } from './launchers.ts'
import { LineSplitter } from './line-splitter.ts'
import { MemoryWatch } from './memory-watch.ts'

/** A cancelled command may end by itself for so long before it is killed. */
const TERM_GRACE_MS = 5000
/** What a shell says where it finds no such program. */
const NOT_FOUND = 127

export interface Command {
  readonly argv: readonly string[]
  /** What messages call it. */
  readonly name: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly log: (text: string) => void
  readonly signal: AbortSignal
  /** Memory that it may hold with all it starts. */
  readonly memBytes: number | undefined
  readonly used: (usage: ProcessUsage) => void
}

/**
 * Runs a program to its end, in a process group of its own that ends with it, with this process, or at a cancel. Each
 * line it prints goes to the log. Failures: E601 where it cannot start or ends with another code than 0, E602 where it
 * was killed, also for going over its memory. What it used is told in either case.
 */
export async function execute(command: Command): Promise<void> {
  const { argv, name, folder, environment, log, signal, memBytes = Infinity, used } = command
  signal.throwIfAborted()
  let watch: MemoryWatch | undefined
  let overBytes: number | undefined
  const said = new BoundedLog(log)
  const [output, errors] = [0, 1].map(() => new LineSplitter((line) => said.write(line)))
  const program = start({
    argv,
    folder,
    environment,
    onOutput: (chunk) => output.write(chunk),
    onError: (chunk) => errors.write(chunk),
    onGroup(pid) {
      watch = new MemoryWatch(pid, (bytes) => {
        if (bytes <= memBytes) return
        overBytes ??= bytes
        program.signal('SIGKILL')
      })
      if (signal.aborted) program.signal('SIGTERM')
    },
  })
  let killTimer: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    program.signal('SIGTERM')
    killTimer = setTimeout(() => program.signal('SIGKILL'), TERM_GRACE_MS)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const { code, cpuMs = 0 } = await program.ended.catch((error: unknown) => cannotStart(name, error))
    used({ cpuMs, rssBytes: watch?.stop() ?? 0 })
    for (const lines of [output, errors, said]) lines.end()
    signal.throwIfAborted()
    if (overBytes !== undefined) throw tooLarge(name, overBytes, memBytes)
    if (code !== 0) throw ended(name, code)
  } finally {
    signal.removeEventListener('abort', onAbort)
    clearTimeout(killTimer)
    watch?.stop()
  }
}

const tooLarge = (name: string, bytes: number, limit: number): Failure =>
  new Failure(
    'E602',
    `${name} used ${formatBytes(bytes)} of memory, more than the ${formatBytes(limit)} it may, and was killed`,
    { help: ["raise the stage's resources.mem, or lower what it works on at once"] },
  )

function ended(name: string, code: number): Failure {
  const killedBy = Object.entries(constants.signals).find(([, number]) => code === 128 + number)?.[0]
  if (killedBy !== undefined) {
    const why = killedBy === 'SIGKILL' ? ' (out of memory?)' : ''
    return new Failure('E602', `${name} was killed by ${killedBy}${why}`, { help: ['the log has what it printed'] })
  }
  const help = code === NOT_FOUND ? INSTALLED : 'the log has what it printed'
  return new Failure('E601', `${name} ended with exit code ${code}`, { help: [help] })
}

const INSTALLED = 'is it installed, and on the PATH? A script of the project must be among files'

function cannotStart(name: string, error: unknown): never {
  const { code = '', message } = error as NodeJS.ErrnoException
  throw new Failure('E601', `cannot start ${name}: ${code || message}`, { help: [INSTALLED] })
}
