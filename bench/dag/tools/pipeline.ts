import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { EventBody } from '../../../runner/events.ts'
import { ROOT } from '../../python.ts'
import { type Dag, makersOf, needsOf, sourcesOf, type Step } from '../dag.ts'
import type { Axes } from '../shapes.ts'
import type { Tool } from '../tool.ts'

const COMMAND = [process.execPath, join(ROOT, 'bin/pipeline.js')]
const SPEC = 'bench.yaml'
const SECOND = 'second.yaml'

/** Steps as `files/concat`, which runs in the runner's own process. */
export const lightPipeline = (): Tool => pipeline('pipeline, light', (dag) => stagesSpec(dag, concatStage))

/** Steps as `command/shell`: the commands that the other tools start. */
export const shellPipeline = (): Tool =>
  pipeline(
    'pipeline, shell',
    (dag) => stagesSpec(dag, shellStage),
    (step) => step,
  )

/** The sweep as people write it: six stages and a matrix. */
export const sweepPipeline = (axes: Axes): Tool => ({
  ...pipeline('pipeline, light', () => sweepSpec(axes)),
  outputPath(folder, { name }) {
    const [stage, ...cell] = name.split(/-|(?=[a-z]\d)/)
    return join(folder, 'outputs', cell.map((value) => `${value[0]}=${value}`).join(','), 'files', stage, 'all')
  },
})

/** Images through a network, item by item, and a sample of all of them; a second spec asks for the same. */
export const imagesPipeline = (): Tool => ({
  ...pipeline('pipeline, images', () => ({})),
  describe(folder) {
    for (const [file, name] of [[SPEC, 'bench'] as const, [SECOND, 'second'] as const])
      writeSpec(folder, file, imagesSpec(name))
  },
  second: [...COMMAND, 'run', SECOND],
})

/** flawline with the spec that is made of a DAG. */
const pipeline = (
  name: string,
  specOf: (dag: Dag) => object,
  fileOf: (step: string) => string = () => 'all',
): Tool => ({
  name,
  version: '',
  describe: (folder, dag) => writeSpec(folder, SPEC, specOf(dag)),
  run: [...COMMAND, 'run', SPEC],
  plan: [...COMMAND, 'plan', SPEC],
  outputPath: (folder, { name: step }) => join(folder, 'outputs/files', step, fileOf(step)),
  countRuns: (folder) => runsOf(folder).reduce((sum, run) => sum + computedIn(eventsOf(run)), 0),
  times(folder) {
    const events = runsOf(folder).slice(-1).flatMap(eventsOf)
    return {
      savedMs: events.reduce((sum, event) => sum + (event.type === 'run.end' ? event.savedMs : 0), 0),
      stagesMs: events.reduce((sum, event) => sum + (event.type === 'stage.end' ? event.wallMs : 0), 0),
    }
  },
})

const writeSpec = (folder: string, file: string, spec: object): void =>
  writeFileSync(join(folder, file), JSON.stringify(spec)) // JSON is YAML

function stagesSpec(dag: Dag, stageOf: (step: Step, sources: readonly string[]) => object): object {
  const makers = makersOf(dag)
  const stages = dag.steps.map((step) => {
    const needs = needsOf(step, makers)
    return [step.name, { ...(needs.length > 0 && { needs }), ...stageOf(step, sourcesOf(step, makers)) }]
  })
  return { version: 1, name: 'bench', outputs: 'outputs', stages: Object.fromEntries(stages) as object }
}

const concatStage = ({ folder }: Step, sources: readonly string[]): object => ({
  uses: 'files/concat',
  with: { files: folder === undefined ? sources : [folder] },
})

/** A stage runs in a folder of its own: sources at their paths, what needs gave below `in/STAGE/`. */
const shellStage = ({ name, command, folder, output }: Step, sources: readonly string[]): object => {
  const own = new Set([...sources, output])
  const at = (path: string): string =>
    path === output ? name : own.has(path) ? path : `in/${basename(path)}/${basename(path)}`
  return {
    uses: 'command/shell',
    with: { run: command(at), files: folder === undefined ? sources : [folder], outputs: [name] },
  }
}

function sweepSpec(axes: Axes): object {
  const values = Object.entries(axes).map(([axis, count]) => [
    axis,
    Array.from({ length: count }, (_, i) => `${axis}${i}`),
  ])
  const concat = (needs: readonly string[], files: readonly string[]): object => ({
    uses: 'files/concat',
    ...(needs.length > 0 && { needs }),
    with: { files: files.map((file) => `src/${file}`) },
  })
  return {
    version: 1,
    name: 'bench',
    outputs: 'outputs',
    matrix: { axes: Object.fromEntries(values) as object },
    stages: {
      p0: concat([], ['p0']),
      p1: concat(['p0'], ['p1']),
      p2: concat(['p1'], ['p2']),
      q0: concat(
        ['p2'],
        Object.keys(axes).map((axis) => `\${matrix.${axis}}`),
      ),
      q1: concat(['q0'], ['q1']),
      q2: concat(['q1'], ['q2']),
    },
  }
}

const imagesSpec = (name: string): object => ({
  version: 1,
  name,
  seed: 7,
  stages: {
    acquire: { uses: 'acquire/folder', with: { dir: 'data' } },
    extract: { uses: 'extract/mobilenet-v2', needs: ['acquire'], with: { size: 32 } },
    sample: { uses: 'sample/cells', needs: ['extract'], with: { grid: 8, per_image: 1 } },
  },
})

/** The folders of all runs of a project, the newest last; their names tell no time. */
function runsOf(folder: string): string[] {
  const runs = join(folder, '.pipeline/runs')
  if (!existsSync(runs)) return []
  const aged = readdirSync(runs).map((name) => ({ path: join(runs, name), at: statSync(join(runs, name)).birthtimeMs }))
  return aged.sort((a, b) => a.at - b.at).map(({ path }) => path)
}

/** What was told so far of a run; its last line may be half written. */
function eventsOf(run: string): EventBody[] {
  const path = join(run, 'events.jsonl')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  return lines.map((line) => JSON.parse(line) as EventBody)
}

/** Items computed, and stages that have none. */
const computedIn = (events: readonly EventBody[]): number =>
  events.reduce(
    (sum, event) => sum + (event.type === 'stage.end' && event.state === 'done' ? (event.items?.computed ?? 1) : 0),
    0,
  )
