import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leavesOf, makersOf, needsOf, sourcesOf } from '../dag.ts'
import { countLoggedRuns, loggedCommand } from '../run-log.ts'
import type { Tool } from '../tool.ts'

/** Turborepo; a task is a script of package.json, started through npm, as it has it. */
export const turbo = (command: string, version: string): Tool => ({
  name: 'turbo',
  version,
  describe(folder, dag) {
    const makers = makersOf(dag)
    const scripts = Object.fromEntries(dag.steps.map((step) => [step.name, loggedCommand(step, folder)]))
    const tasks = Object.fromEntries(
      dag.steps.map((step) => [
        step.name,
        {
          dependsOn: needsOf(step, makers),
          inputs: ['package.json', ...(step.folder === undefined ? sourcesOf(step, makers) : [`${step.folder}/**`])], // none: all files
          outputs: [step.output],
        },
      ]),
    )
    const all = { dependsOn: leavesOf(dag).map(({ name }) => name), cache: false }
    writeJson(folder, 'package.json', {
      name: 'bench',
      private: true,
      packageManager: `npm@${NPM_VERSION}`,
      scripts: { ...scripts, all: 'true' },
    })
    writeJson(folder, 'turbo.json', { tasks: { ...tasks, all } })
  },
  run: [command, 'run', 'all', '--concurrency=2', '--output-logs=none', '--log-order=stream'],
  plan: [command, 'run', 'all', '--dry=json'],
  env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  countRuns: countLoggedRuns,
})

/** Turborepo wants to be told a version; which one does not matter to it. */
const NPM_VERSION = '10.0.0'

const writeJson = (folder: string, name: string, value: unknown): void =>
  writeFileSync(join(folder, name), JSON.stringify(value))
