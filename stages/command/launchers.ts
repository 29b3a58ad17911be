import { existsSync } from 'node:fs'
import { guardGroup } from './process-guard.ts'
import { Launcher } from './launcher.ts'
import type { Program, Started } from './program.ts'
import { startDirectly } from './start-directly.ts'

const idle: Launcher[] = []
/** Null where there is none. */
let setsid: string | null | undefined

/** Starts a program that ends with this process at the latest, in the fastest way there is here. */
export function start(program: Program): Started {
  let release = (): void => {}
  const guarded: Program = {
    ...program,
    onGroup(group) {
      release = guardGroup(group)
      program.onGroup(group)
    },
  }
  setsid ??= findSetsid()
  const { ended, signal } = setsid === null ? startDirectly(guarded) : launch(guarded, setsid)
  running.add(signal)
  const forget = (): void => {
    release()
    running.delete(signal)
  }
  return { ended: ended.finally(forget), signal }
}

const running = new Set<Started['signal']>()

/** Ends every program of this process at once, whatever it does with signals. */
export function killPrograms(): void {
  for (const signal of running) signal('SIGKILL')
}

/** Where util-linux and busybox keep the program that begins a session, which a shell cannot do by itself. */
const SETSID_PATHS = ['/usr/bin/setsid', '/bin/setsid']

const findSetsid = (): string | null =>
  (process.platform === 'linux' && SETSID_PATHS.find((path) => existsSync(path))) || null

function launch(program: Program, setsid: string): Started {
  let launcher = idle.pop()
  while (launcher?.isAlive === false) launcher = idle.pop()
  const chosen = launcher ?? new Launcher(setsid)
  const { ended, signal } = chosen.start(program)
  return { ended: ended.finally(() => idle.push(chosen)), signal }
}
