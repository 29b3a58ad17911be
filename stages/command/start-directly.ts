import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { killGroup } from './kill-group.ts'
import type { Program, ProgramEnd, Started } from './program.ts'

/** What escaped from the program's process group may hold its output open; it is not waited for any longer. */
const CLOSE_GRACE_MS = 500

/** Starts a program from this process, where there is no launcher. What it leaves in the background is killed when it ends. */
export function startDirectly({ argv, folder, environment, onOutput, onError, onGroup }: Program): Started {
  const [program, ...args] = argv
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) killGroup(child.pid, name)
  }
  if (child.pid !== undefined) onGroup(child.pid)
  child.stdout.on('data', onOutput)
  child.stderr.on('data', onError)
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    child.on('error', reject)
    child.on('exit', () => {
      signal('SIGKILL')
      timer = setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), CLOSE_GRACE_MS)
    })
    child.on('close', (code, killedBy) => {
      clearTimeout(timer)
      resolve({ code: killedBy === null ? code! : 128 + constants.signals[killedBy] })
    })
  })
  return { ended, signal }
}
