import { existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dag } from './dag.ts'
import { digestOutputs, layOut, outputPath } from './project.ts'
import { type Started, start } from './start.ts'
import type { Tool } from './tool.ts'
import { wordsOf } from './words.ts'

const LIMIT_MS = 120_000
/** How often a run that will be killed is looked at. */
const LOOK_MS = 5

export interface Victim {
  readonly tool: Tool
  /** Holds the sources and the tool's description of the DAG. */
  readonly folder: string
  readonly dag: Dag
}

export interface Fault {
  readonly what: string
  /** Does it to a project, gives the command again, and says what came of it. */
  readonly inflict: (victim: Victim) => Promise<string>
}

/** A source, and a text as long as its own. */
const EDITED = 'src/a0'
const edited = (dag: Dag): string => 'edited'.padEnd(dag.sources.get(EDITED)!.length, '.')

/** Where tools keep outputs beside those in the project. */
const STORES: Readonly<Partial<Record<string, string>>> = {
  'pipeline, shell': '.pipeline/cache/blobs',
  dvc: '.dvc/cache/files',
  turbo: '.turbo/cache',
}

export const FAULTS: readonly Fault[] = [
  {
    what: 'kill -9 in the middle of a run',
    async inflict(victim) {
      await run(victim, victim.dag.steps.length / 2)
      return again(victim)
    },
  },
  {
    what: 'every stored output cut to half, outputs removed',
    async inflict(victim) {
      const store = STORES[victim.tool.name]
      if (store === undefined) return 'stores none'
      await run(victim)
      for (const path of filesBelow(join(victim.folder, store))) truncateSync(path, Math.floor(statSync(path).size / 2))
      for (const outputs of ['out', 'outputs']) rmSync(join(victim.folder, outputs), { recursive: true, force: true })
      mkdirSync(join(victim.folder, 'out'))
      return again(victim)
    },
  },
  {
    what: 'an output cut to half where it lies',
    async inflict(victim) {
      await run(victim)
      const path = outputPath(victim.tool, victim.folder, victim.dag.steps.at(-1)!)
      truncateSync(path, Math.floor(statSync(path).size / 2))
      return again(victim)
    },
  },
  {
    what: 'an edit of equal length right after a run',
    async inflict(victim) {
      await run(victim)
      writeFileSync(join(victim.folder, EDITED), edited(victim.dag))
      return again({ ...victim, dag: withEdit(victim.dag) })
    },
  },
  {
    what: 'the same on a clock of whole seconds',
    async inflict(victim) {
      const path = join(victim.folder, EDITED)
      const second = Math.floor(Date.now() / 1000) - 1
      utimesSync(path, second, second)
      await run(victim)
      writeFileSync(path, edited(victim.dag))
      utimesSync(path, second, second)
      return again({ ...victim, dag: withEdit(victim.dag) })
    },
  },
  {
    what: 'two runs at once',
    async inflict(victim) {
      const both = await Promise.all([run(victim), run(victim)])
      const refused = both.filter(({ code }) => code !== 0).map((ended) => `one stopped (${wordsOf(ended)}), `)
      return refused.join('') + (await again(victim))
    },
  },
]

const withEdit = (dag: Dag): Dag => ({ ...dag, sources: new Map([...dag.sources, [EDITED, edited(dag)]]) })

/** Runs the tool; with `killAfter`, until so many steps have run, and not to its end. */
function run({ tool, folder }: Pick<Victim, 'tool' | 'folder'>, killAfter?: number): Promise<Started> {
  return start(tool.run, {
    folder,
    env: tool.env,
    limitMs: LIMIT_MS,
    onStart(child) {
      if (killAfter === undefined) return
      const timer = setInterval(() => {
        if (tool.countRuns(folder) >= killAfter) child.kill('SIGKILL')
      }, LOOK_MS)
      child.on('exit', () => clearInterval(timer))
    },
  })
}

/** The same command once more: whether it leaves what a run in a fresh folder leaves. */
async function again({ tool, folder, dag }: Victim): Promise<string> {
  const ended = await run({ tool, folder })
  const fresh = `${folder}-fresh`
  mkdirSync(fresh)
  layOut(fresh, dag)
  tool.describe(fresh, dag)
  const clean = await run({ tool, folder: fresh })
  if (clean.code !== 0) throw new Error(`${tool.name} fails in a fresh folder: ${wordsOf(clean)}`)
  const right = digestOutputs(tool, folder, dag) === digestOutputs(tool, fresh, dag)
  if (ended.code !== 0) return `then fails: ${wordsOf(ended)}`
  return right ? 'right' : 'WRONG'
}

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []
