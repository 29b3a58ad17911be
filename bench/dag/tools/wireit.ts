import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { leavesOf, makersOf, needsOf, sourcesOf } from '../dag.ts'
import { countLoggedRuns, loggedCommand } from '../run-log.ts'
import type { Tool } from '../tool.ts'

/** Wireit; started through npm, as it has it, while its scripts are not. */
export const wireit = (binFolder: string, version: string): Tool => ({
  name: 'wireit',
  version,
  describe(folder, dag) {
    const makers = makersOf(dag)
    const configs = Object.fromEntries(
      dag.steps.map((step) => [
        step.name,
        {
          command: loggedCommand(step, folder),
          dependencies: needsOf(step, makers),
          files: step.folder === undefined ? sourcesOf(step, makers) : [`${step.folder}/**`],
          output: [step.output],
        },
      ]),
    )
    const all = { dependencies: leavesOf(dag).map(({ name }) => name) }
    const scripts = Object.fromEntries([...dag.steps.map(({ name }) => name), 'all'].map((name) => [name, 'wireit']))
    const manifest = { name: 'bench', private: true, scripts, wireit: { ...configs, all } }
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  },
  run: ['npm', 'run', '--silent', 'all'],
  env: { WIREIT_PARALLEL: '2', WIREIT_LOGGER: 'quiet', PATH: `${binFolder}:${process.env['PATH'] ?? ''}` },
  countRuns: countLoggedRuns,
})
