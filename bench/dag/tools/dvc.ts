import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import type { Dag } from '../dag.ts'
import { countLoggedRuns, loggedCommand } from '../run-log.ts'
import type { Tool } from '../tool.ts'

/** DVC without a version control system beside it; one stage at a time, as it has it. */
export const dvc = (command: string, version: string): Tool => ({
  name: 'dvc',
  version,
  describe(folder, dag) {
    if (!existsSync(join(folder, '.dvc'))) {
      const { status, stderr } = spawnSync(command, ['init', '--no-scm', '--quiet'], { cwd: folder, encoding: 'utf8' })
      if (status !== 0) throw new Error(`dvc init: ${stderr}`)
    }
    writeFileSync(join(folder, 'dvc.yaml'), JSON.stringify(dvcFile(folder, dag))) // JSON is YAML
  },
  run: [command, 'repro'],
  plan: [command, 'repro', '--dry', '--quiet'],
  env: { DVC_NO_ANALYTICS: '1' },
  countRuns: countLoggedRuns,
})

const dvcFile = (folder: string, dag: Dag): object => ({
  stages: Object.fromEntries(
    dag.steps.map((step) => [
      step.name,
      {
        cmd: loggedCommand(step, folder),
        deps: step.folder === undefined ? step.inputs : [step.folder],
        outs: [step.output],
      },
    ]),
  ),
})
