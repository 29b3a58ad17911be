import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Dag, leavesOf, type Step } from '../dag.ts'
import { countLoggedRuns, loggedCommand } from '../run-log.ts'
import type { Tool } from '../tool.ts'

/** GNU make; goes by times of files alone. */
export const make = (version: string): Tool => ({
  name: 'make',
  version,
  describe(folder, dag) {
    writeFileSync(join(folder, 'Makefile'), makefile(folder, dag))
  },
  run: ['make', '-s', '-j2', 'all'],
  plan: ['make', '-n', 'all'],
  countRuns: countLoggedRuns,
})

const makefile = (folder: string, dag: Dag): string =>
  [
    'MAKEFLAGS += --no-builtin-rules',
    `all: ${leavesOf(dag)
      .map(({ output }) => output)
      .join(' ')}`,
    ...dag.steps.map((step) => `${step.output}: ${inputsOf(step)}\n\t@${loggedCommand(step, folder)}`),
  ].join('\n') + '\n'

const inputsOf = ({ inputs, folder }: Step): string =>
  folder === undefined ? inputs.join(' ') : `$(wildcard ${folder}/*/*)`
