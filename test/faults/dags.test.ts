import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { afterAll, expect, test } from 'vitest'
import { type Random, seededRandom } from '../../base/random.ts'
import { Cache } from '../../cache/cache.ts'
import type { EventBody, RunEvent } from '../../runner/events.ts'
import { runPipeline } from '../../runner/run.ts'
import { makeProject, type Project } from '../rig/project.ts'
import { filesIn, WHOLE } from './rig.ts'

const GRAPHS = WHOLE ? 150 : 12
/** Disturbed runs of each graph before the one that is left alone. */
const DISTURBED = 4

interface Graph {
  readonly spec: string
  readonly sources: readonly string[]
  readonly stages: readonly string[]
}

const below = (random: Random, n: number): number => random.below(n)
const some = <T>(random: Random, of: readonly T[], share: number): T[] => of.filter(() => random.next() < share)

/** Up to a dozen stages, each with up to three needs and one or two files; a third are commands, which fail while a flag lies in their home. */
function randomGraph(random: Random): Graph {
  const sources = Array.from({ length: 4 }, (_, i) => `src/${i}.txt`)
  const stages = Array.from({ length: 3 + below(random, 10) }, (_, i) => `s${i}`)
  const lines = stages.map((name, i) => {
    const needs = [...new Set(Array.from({ length: below(random, 4) }, () => below(random, Math.max(i, 1))))]
      .filter((need) => need < i)
      .map((need) => `s${need}`)
    const files = [sources[below(random, 4)], sources[below(random, 4)]].slice(below(random, 2))
    const run = `test ! -e "$HOME/fail-${name}"; cat ${files.join(' ')}${needs.length > 0 ? ' in/*/*' : ''} | sort > out`
    const what =
      random.next() < 0.33
        ? `uses: command/shell, with: { run: ${JSON.stringify(run)}, outputs: [out], files: [${files.join(', ')}] }`
        : `uses: files/concat, with: { files: [${files.join(', ')}], name: ${name} }`
    return `  ${name}: { needs: [${needs.join(', ')}], ${what} }`
  })
  return { spec: `version: 1\nname: dag\nseed: 1\nstages:\n${lines.join('\n')}\n`, sources, stages }
}

interface Done {
  readonly exit: number
  readonly states: Readonly<Record<string, string>>
  /** Digest of what each stage gave, of those that ran. */
  readonly made: Readonly<Record<string, string>>
  readonly events: readonly RunEvent[]
}

async function runGraph(
  { root }: Project,
  onFailure: 'stop' | 'continue' | 'kill' = 'stop',
  cancelAt = Infinity,
): Promise<Done> {
  const [stop, kill] = [new AbortController(), new AbortController()]
  const events: RunEvent[] = []
  const { exit } = await runPipeline({
    spec: { argument: 'pipelines/dag.yaml', cwd: root, root },
    sets: [],
    targets: [],
    only: [],
    force: false,
    from: [],
    accept: [],
    jobs: availableParallelism(),
    engine: 'onnx-cpu',
    noCache: false,
    environment: { variables: { PATH: process.env.PATH, HOME: root } },
    signal: stop.signal,
    argv: ['run', 'dag'],
    onFailure,
    kill: kill.signal,
    resources: { gpu: [], amounts: {} },
    noWait: false,
    replayLogs: false,
    renderPage: () => Promise.resolve(''),
    listen: (event) => {
      events.push(event)
      if (events.length === cancelAt) stop.abort('SIGINT')
    },
  })
  const of = <T extends EventBody['type']>(type: T): Extract<RunEvent, { type: T }>[] =>
    events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)
  return {
    exit,
    states: Object.fromEntries(of('stage.end').map(({ stage, state }) => [stage, state])),
    made: Object.fromEntries(of('stage.artifact').map(({ stage, digest }) => [stage, digest])),
    events,
  }
}

/** Takes entries of every kind out of the cache, as an eviction or a clumsy person would. */
async function thinOut({ root }: Project, random: Random): Promise<void> {
  const folder = join(root, '.pipeline/cache')
  for (const blob of some(random, filesIn(join(folder, 'blobs')), 0.3)) rmSync(blob)
  const cache = new Cache(folder)
  const { actions, small, stats, lineage, costs, facts } = cache.index
  await cache.commit(() => {
    for (const db of [actions, small, stats, lineage, costs, facts])
      for (const key of some(random, [...db.getKeys()], 0.3)) void db.remove(key)
  })
  await cache.close()
}

const outcomes = new Map<string, number>()

test.each(Array.from({ length: GRAPHS }, (_, n) => n))(
  'graph %i, under failures, cancellations and lost entries, ends in the outputs of a clean run',
  async (n) => {
    const random = seededRandom('dags', n)
    const { spec, sources, stages } = randomGraph(random)
    const make = async (): Promise<Project> => {
      const project = await makeProject()
      await project.write('pipelines/dag.yaml', spec)
      for (const [i, path] of sources.entries()) await project.write(path, `${i}\n`.repeat([10, 3000, 9000, 500][i]))
      return project
    }
    const clean = await make()
    const { exit, made } = await runGraph(clean)
    expect(exit).toBe(0)
    expect(Object.keys(made).sort()).toEqual([...stages].sort())
    await clean.dispose()

    const project = await make()
    const seen: Record<string, string> = {}
    for (let i = 0; i < DISTURBED; i++) {
      const flags = some(random, stages, 0.15).map((stage) => join(project.root, `fail-${stage}`))
      for (const flag of flags) writeFileSync(flag, '')
      const policy = (['stop', 'continue', 'kill'] as const)[below(random, 3)]
      const run = await runGraph(project, policy, random.next() < 0.4 ? 2 + below(random, 5 * stages.length) : Infinity)
      expect([0, 1, 130]).toContain(run.exit)
      outcomes.set(String(run.exit), (outcomes.get(String(run.exit)) ?? 0) + 1)
      expect(made).toMatchObject(run.made)
      Object.assign(seen, run.made)
      for (const flag of flags) rmSync(flag)
      if (random.next() < 0.6) await thinOut(project, random)
    }
    const last = await runGraph(project)
    expect(last.exit).toBe(0)
    expect({ ...seen, ...last.made }).toEqual(made)
    const none = await runGraph(project)
    expect(new Set(Object.values(none.states))).toEqual(new Set(['fresh']))
    await project.dispose()
  },
)

afterAll(() => {
  if (WHOLE) process.stdout.write(`disturbed runs by exit code: ${JSON.stringify(Object.fromEntries(outcomes))}\n`)
})
