import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Dag, leavesOf } from '../dag.ts'
import { countLoggedRuns, loggedCommand } from '../run-log.ts'
import type { Tool } from '../tool.ts'

const SNAKEFILE = `import glob, json

STEPS = json.load(open("steps.json"))


def inputs_of(wildcards):
    step = STEPS["steps"][wildcards.name]
    return step["inputs"] if step["folder"] is None else sorted(glob.glob(step["folder"] + "/*/*"))


rule all:
    input: STEPS["leaves"]

rule step:
    input: inputs_of
    output: "out/{name}"
    params: command=lambda wildcards: STEPS["steps"][wildcards.name]["command"]
    shell: "{params.command}"
`

/** Snakemake, one rule whose inputs are looked up by the name of the output. */
export const snakemake = (command: string, version: string): Tool => ({
  name: 'snakemake',
  version,
  describe(folder, dag) {
    writeFileSync(join(folder, 'Snakefile'), SNAKEFILE)
    writeFileSync(join(folder, 'steps.json'), JSON.stringify(stepsFile(folder, dag)))
  },
  run: [command, 'all', '--cores', '2', '--quiet', 'progress', 'rules'],
  plan: [command, 'all', '--cores', '2', '--dry-run', '--quiet', 'progress', 'rules'],
  countRuns: countLoggedRuns,
})

const stepsFile = (folder: string, dag: Dag): object => ({
  leaves: leavesOf(dag).map(({ output }) => output),
  steps: Object.fromEntries(
    dag.steps.map((step) => [
      step.name,
      { inputs: step.inputs, folder: step.folder ?? null, command: loggedCommand(step, folder) },
    ]),
  ),
})
