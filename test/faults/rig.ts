import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { RunEvent } from '../../runner/events.ts'
import { compiled } from '../rig/compiled.ts'
import { contents, makeProject, type Project, start } from '../rig/project.ts'

/** A small share of all faults by default; `PIPELINE_TEST_FAULTS=whole` tries all of them. */
export const WHOLE = process.env.PIPELINE_TEST_FAULTS === 'whole'

/** A spec to be disturbed, with what it reads. */
export interface Subject {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
}

const lines = (text: string, count: number): string => `${text}\n`.repeat(count)

/** Stages in the runner's own process and programs; outputs above and below what the index holds itself. */
export const LIGHT: Subject = {
  name: 'light',
  files: {
    'src/0.txt': lines('zero', 5000),
    'src/1.txt': lines('one', 100),
    'src/2.txt': lines('two', 6000),
    'src/3.txt': lines('three', 100),
    'pipelines/light.yaml': `version: 1
name: light
seed: 1
stages:
  a:     { uses: files/concat, with: { files: [src/0.txt, src/1.txt] } }
  b:     { uses: files/concat, with: { files: [src/2.txt] } }
  c:     { uses: files/concat, needs: [a, b], with: { files: [src/3.txt] } }
  d:     { uses: files/concat, with: { files: [src/1.txt, src/3.txt] } }
  count: { uses: command/shell, needs: [c], with: { run: "wc -l < in/c/all > lines; sort in/c/all > sorted", outputs: [lines, sorted] } }
  small: { uses: command/shell, needs: [d], with: { run: "wc -c < in/d/all > bytes", outputs: [bytes] } }
  last:  { uses: files/concat, needs: [count, small, d] }
`,
  },
}

/** The whole chain on a few small images, in a task host; outputs that people keep. */
export const IMAGES: Subject = {
  name: 'images',
  files: {
    'pipelines/images.yaml': `version: 1
name: images
seed: 11
outputs: outputs
stages:
  acquire:  { uses: acquire/synthetic, with: { train: 3, test_good: 2, test_defective: 1, poses: 1, size: 64 } }
  split:    { uses: split/by-part, needs: [acquire], with: { held_out: 0.34 } }
  extract:  { uses: extract/mobilenet-v2, needs: [split], with: { size: 64 } }
  sample:   { uses: sample/cells, needs: [extract], with: { grid: 8, per_image: all } }
  pca:      { uses: pca/streaming, needs: [sample] }
  train:    { uses: train/pca, needs: [pca] }
  score:    { uses: score/top-k, needs: [extract, train], with: { top_k: 4 } }
  evaluate: { uses: evaluate/standard, needs: [score], with: { resamples: 10 } }
`,
  },
}

/** A training that keeps its state after every epoch. */
export const TRAINING: Subject = {
  name: 'training',
  files: {
    'pipelines/training.yaml': `version: 1
name: training
seed: 11
stages:
  acquire: { uses: acquire/synthetic, with: { train: 3, test_good: 1, test_defective: 1, poses: 1, size: 64 } }
  split:   { uses: split/by-part, needs: [acquire], with: { held_out: 0.34 } }
  extract: { uses: extract/mobilenet-v2, needs: [split], with: { size: 64 } }
  sample:  { uses: sample/cells, needs: [extract], with: { grid: 8, per_image: all } }
  train:   { uses: train/dfr, needs: [sample], with: { latent: 4, epochs: 4, batch: 64, checkpoint: 0 } }
`,
  },
}

export async function projectOf({ files }: Subject): Promise<Project> {
  const project = await makeProject()
  for (const [path, content] of Object.entries(files)) await project.write(path, content)
  return project
}

/** How a run ended that was left alone or not. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
  readonly events: readonly RunEvent[]
}

export type Child = ReturnType<typeof start>

/** `run SPEC --ui json`; `disturb` may do something to it. */
export const run = (
  project: Pick<Project, 'root'>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  disturb: (child: Child) => void = () => {},
): Promise<Ended> => execute(project, ['run', ...args, '--ui', 'json'], env, disturb)

/** No command of these projects takes a tenth of it, however busy the machine is. */
const HANGS_MS = 180_000

/** Any command; events are for `run` alone. */
export async function execute(
  { root }: Pick<Project, 'root'>,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  disturb: (child: Child) => void = () => {},
): Promise<Ended> {
  const child = start(root, args, env)
  let [stdout, stderr] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  disturb(child)
  const seen = { hanging: false }
  const limit = setTimeout(() => (seen.hanging = child.kill('SIGKILL')), HANGS_MS)
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  clearTimeout(limit)
  if (seen.hanging)
    throw new Error(`${args.join(' ')} did not end within ${HANGS_MS / 1000} s\n${stdout.slice(-2000)}${stderr}`)
  return { code, signal, stderr, events: args[0] === 'run' ? eventsIn(stdout) : [] }
}

/** Whole lines only: a killed process may leave half of one. */
const eventsIn = (text: string): RunEvent[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent)

/** What a run is for: the bytes behind each stage, and the files that people keep. */
export interface Result {
  readonly stages: Readonly<Record<string, unknown>>
  readonly outputs: ReadonlyMap<string, string>
}

interface RecordedStage {
  readonly address: string
  readonly list: boolean
  readonly state: string
  readonly key?: string
  readonly artifacts?: Readonly<Record<string, { readonly digest: string }>>
}

/** Of the run whose events these are. */
export async function resultOf({ root }: Pick<Project, 'root'>, { events }: Ended): Promise<Result> {
  const record = JSON.parse(readFileSync(join(root, '.pipeline/runs', events[0].run, 'record.json'), 'utf8')) as {
    stages: RecordedStage[]
  }
  const outputs = join(root, 'outputs')
  return {
    stages: Object.fromEntries(record.stages.map(({ address, key, artifacts }) => [address, { key, artifacts }])),
    outputs: existsSync(outputs) ? await contents(outputs) : new Map(),
  }
}

const statesOf = ({ events }: Ended): Record<string, string> =>
  Object.fromEntries(events.flatMap((event) => (event.type === 'stage.end' ? [[event.stage, event.state]] : [])))

export const diagnosticsOf = ({ events }: Ended): string[] =>
  events.flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic.code] : []))

/** A stage of the runner's own process ends before the group commit that writes it down; after this time it is written. */
const COMMITTED_MS = 1000

/**
 * After a fault: the same command, with no other step, gives what a run without one gives; what the broken run had ended
 * is reused and nothing else is taken for a result; a third run has nothing to do. `allowed` are the codes it may tell.
 */
export async function expectRepaired(
  project: Pick<Project, 'root'>,
  { name }: Pick<Subject, 'name'>,
  reference: Result,
  broken?: Ended,
  { allowed = ['W220'], thirdRun = true }: { readonly allowed?: readonly string[]; readonly thirdRun?: boolean } = {},
): Promise<Ended> {
  const again = await run(project, [name])
  expect(again, told(again)).toMatchObject({ code: 0, stderr: '' })
  for (const code of diagnosticsOf(again)) expect(allowed).toContain(code)
  expect(await resultOf(project, again)).toEqual(reference)
  if (broken !== undefined) {
    const lastMs = broken.events.at(-1)?.t ?? 0
    const ended = broken.events.flatMap((event) =>
      event.type === 'stage.end' && event.state === 'done' && event.key !== undefined && event.t < lastMs - COMMITTED_MS
        ? [event.stage]
        : [],
    )
    const states = statesOf(again)
    for (const stage of ended)
      expect(['cached', 'fresh', 'cut-off'], `${stage} of the broken run`).toContain(states[stage])
  }
  if (!allowed.includes('W502')) await expectSoundCache(join(project.root, '.pipeline/cache')) // else unread damage may be left
  if (!thirdRun) return again
  const third = await run(project, [name])
  expect(third, told(third)).toMatchObject({ code: 0, stderr: '' })
  expect(new Set(Object.values(statesOf(third)))).toEqual(new Set(['fresh']))
  expect(await resultOf(project, third)).toEqual(reference)
  return again
}

/** For the message of a failed expectation: what was said, and the last events. */
export const told = (ended: Ended): string =>
  [
    ended.stderr,
    ...ended.events
      .filter(({ type }) => type === 'diagnostic' || type === 'stage.end')
      .slice(-12)
      .map((event) => JSON.stringify(event).slice(0, 600)),
  ].join('\n')

let checker: Promise<string> | undefined

/** Whatever a record names is stored and is what its digest says; looked at by a process of its own, as any other. */
async function expectSoundCache(folder: string): Promise<void> {
  checker ??= compiled('test/faults/check-cache.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [await checker, folder])
  expect(JSON.parse(stdout)).toEqual({ wrong: [], checked: expect.any(Number) as number })
}

/** Files below a folder. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
