import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Step } from './dag.ts'

const LOG = 'ran.log'

/** The command of a step, followed by a line in a log: the shell's own `echo`, so no process more. */
export const loggedCommand = ({ name, command }: Step, folder: string): string =>
  `${command((path) => path)} && echo ${name} >> ${join(folder, LOG)}`

export function countLoggedRuns(folder: string): number {
  const path = join(folder, LOG)
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
}
