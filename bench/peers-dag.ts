import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import type { Turn } from './dag/contest.ts'
import { installPeers } from './dag/install.ts'
import { playScenario } from './dag/scenario.ts'
import { layeredDag } from './dag/shapes.ts'
import { lightPipeline, shellPipeline } from './dag/tools/pipeline.ts'

const STEPS = 1000

const both = (budget: string): Record<string, string> => ({ 'pipeline, light': budget, 'pipeline, shell': budget })

const BUDGETS = {
  cold: { 'pipeline, light': '1000 ms', 'pipeline, shell': '3000 ms' },
  'no-op': both('300 ms'),
  'one source edited': both('450 ms'),
  'a byte moved between two sources of a step': both('1 computed'),
}

/** What people do to a project of ten layers; the last turn changes two sources of one step, and not what it makes of them. */
const TURNS: readonly Turn[] = [
  { what: 'cold' },
  { what: 'no-op' },
  { what: 'one source edited', change: write({ 'src/a0': 'edited\n' }) },
  {
    what: 'a byte moved between two sources of a step',
    change: write({ 'src/a1': 'a000001', 'src/b1': '\nb000001\n' }),
  },
]

function write(files: Readonly<Record<string, string>>): (folder: string) => undefined {
  return (folder) => {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
    return undefined
  }
}

/** B1: many small steps. */
export const peersDag: Benchmark = (request) => {
  const steps = request.quick ? STEPS / 10 : STEPS
  const ours = shellPipeline()
  return playScenario(
    {
      caption:
        `${steps} steps in ten layers, each concatenating two files; two jobs side by side where the tool can. ` +
        '`light`: files/concat in the runner; `shell`: the same `cat` that the others start, whose ratios are told.',
      tools: [lightPipeline(), ours, ...installPeers(request.tell)],
      ours,
      dag: layeredDag(steps),
      trial: layeredDag(steps / 10),
      turns: TURNS,
      budgets: BUDGETS,
    },
    request,
  )
}
