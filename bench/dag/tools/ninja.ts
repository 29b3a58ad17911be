import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Dag, leavesOf, type Step } from '../dag.ts'
import { countLoggedRuns, loggedCommand } from '../run-log.ts'
import type { Tool } from '../tool.ts'

/** Ninja; goes by times of files, and a file list is written out by whoever writes its build file. */
export const ninja = (command: string, version: string): Tool => ({
  name: 'ninja',
  version,
  describe(folder, dag) {
    writeFileSync(join(folder, 'build.ninja'), buildFile(folder, dag))
  },
  run: [command, '--quiet', '-j2'],
  plan: [command, '-n', '--quiet'],
  countRuns: countLoggedRuns,
})

const buildFile = (folder: string, dag: Dag): string =>
  [
    'rule sh\n  command = $cmd',
    ...dag.steps.map(
      (step) =>
        `build ${step.output}: sh ${inputsOf(step, dag).join(' ')}\n  cmd = ${loggedCommand(step, folder).replaceAll('$', '$$')}`,
    ),
    `default ${leavesOf(dag)
      .map(({ output }) => output)
      .join(' ')}`,
  ].join('\n') + '\n'

const inputsOf = ({ inputs, folder }: Step, dag: Dag): readonly string[] =>
  folder === undefined ? inputs : [...dag.sources.keys()].filter((path) => path.startsWith(`${folder}/`))
