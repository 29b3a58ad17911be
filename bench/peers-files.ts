import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import type { Turn } from './dag/contest.ts'
import type { Dag } from './dag/dag.ts'
import { installPeers } from './dag/install.ts'
import { playScenario } from './dag/scenario.ts'
import { treeDag } from './dag/shapes.ts'
import { lightPipeline, shellPipeline } from './dag/tools/pipeline.ts'

const FILES = 100_000

const both = (budget: string): Record<string, string> => ({ 'pipeline, light': budget, 'pipeline, shell': budget })

const BUDGETS = {
  first: { 'pipeline, light': '5000 ms' },
  'no-op': both('1000 ms, 200 MB'),
  'one file touched': both('0 computed'),
}

const TURNS: readonly Turn[] = [
  { what: 'first' },
  { what: 'no-op' },
  {
    what: 'one file touched',
    change: (folder) => {
      utimesSync(join(folder, 'data/0/f1'), new Date(), new Date())
      return undefined
    },
  },
  {
    what: 'one byte edited',
    change: (folder, { sources }) => {
      writeFileSync(join(folder, 'data/0/f2'), String(sources.get('data/0/f2')).replace('2', '3'))
      return undefined
    },
  },
  {
    what: 'a file added',
    change: (folder, dag) => {
      writeFileSync(join(folder, ADDED), 'new\n')
      return { ...dag, sources: new Map([...dag.sources, [ADDED, 'new\n']]) }
    },
  },
  {
    what: 'a file deleted',
    change: (folder, dag): Dag => {
      rmSync(join(folder, ADDED))
      return { ...dag, sources: new Map([...dag.sources].filter(([path]) => path !== ADDED)) }
    },
  },
]

const ADDED = 'data/0/new'

/** B2: one step over very many files. */
export const peersFiles: Benchmark = (request) => {
  const files = request.quick ? FILES / 10 : FILES
  const ours = shellPipeline()
  return playScenario(
    {
      caption:
        `One step that joins ${files} files of 4 KiB. \`light\`: files/concat, which reads them where they lie; \`shell\`: the command ` +
        'that the others start, which here gets copies of its own. Ninja knows no patterns: its build file is written anew where a ' +
        'file comes or goes, which is not in its time; make does not notice a file that goes.',
      tools: [lightPipeline(), ours, ...installPeers(request.tell)],
      ours,
      dag: treeDag(files),
      turns: TURNS,
      budgets: BUDGETS,
    },
    request,
  )
}
