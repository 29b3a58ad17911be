import { type ChildProcess, spawn } from 'node:child_process'
import { Failure } from '../../base/diagnostic.ts'
import { sanitize } from '../../base/sanitize.ts'
import { splitLines } from './lines.ts'
import { guardGroup } from './process-guard.ts'

/** A cancelled command may end by itself for so long before it is killed. */
const TERM_GRACE_MS = 5000
/** What escaped from the command's process group may hold its output open; it is not waited for any longer. */
const CLOSE_GRACE_MS = 500
/** Last lines of the output that stand in a failure. */
const TAIL_LINES = 3

export interface Command {
  readonly argv: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly log: (text: string) => void
  readonly signal: AbortSignal
}

/**
 * Runs a program to its end, in a process group of its own that ends with it, with this process, or at a cancel. Each
 * line it prints goes to the log. Failures: E601 where it cannot start or ends with another code than 0, E602 where it
 * was killed.
 */
export async function execute(command: Command): Promise<void> {
  const { argv, signal } = command
  signal.throwIfAborted()
  const tail: string[] = []
  const { code, killedBy } = await run(command, (line) => {
    tail.push(line)
    if (tail.length > TAIL_LINES) tail.shift()
    command.log(line)
  })
  signal.throwIfAborted()
  if (killedBy !== null) {
    throw new Failure(
      'E602',
      `the command was killed by ${killedBy}${killedBy === 'SIGKILL' ? ' (out of memory?)' : ''}`,
      {
        help: ['see the log; free memory or let it use less'],
      },
    )
  }
  if (code !== 0) {
    const what = argv.length > 1 && argv[1] === '-ec' ? 'the command' : sanitize(argv[0])
    throw new Failure('E601', `${what} ended with exit code ${code}`, {
      help: tail.length === 0 ? ['it printed nothing'] : tail.map(sanitize),
    })
  }
}

interface End {
  readonly code: number | null
  readonly killedBy: NodeJS.Signals | null
}

function run({ argv, folder, environment, signal }: Command, onLine: (line: string) => void): Promise<End> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = argv
    const child = spawn(program, args, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group of its own
    })
    const release = child.pid === undefined ? () => {} : guardGroup(child.pid)
    let killTimer: NodeJS.Timeout | undefined
    const onAbort = (): void => {
      signalGroup(child, 'SIGTERM')
      killTimer = setTimeout(() => signalGroup(child, 'SIGKILL'), TERM_GRACE_MS)
    }
    const finish = (): void => {
      signal.removeEventListener('abort', onAbort)
      clearTimeout(killTimer)
      release()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const flush = [splitLines(child.stdout, onLine), splitLines(child.stderr, onLine)]
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish()
      reject(cannotStart(program, error))
    })
    child.on('exit', () => {
      signalGroup(child, 'SIGKILL') // whatever it left in the background
      killTimer = setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), CLOSE_GRACE_MS)
    })
    child.on('close', (code, killedBy) => {
      finish()
      for (const end of flush) end()
      resolve({ code, killedBy })
    })
  })
}

function cannotStart(program: string, { code = '', message }: NodeJS.ErrnoException): Failure {
  const help =
    code === 'ENOENT'
      ? ['is it installed, and on the PATH? A script of the project must be among files']
      : ['make it executable, or call it through its interpreter']
  return new Failure('E601', `cannot start ${sanitize(program)}: ${code || message}`, { help })
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // nobody is left in the group
  }
}
