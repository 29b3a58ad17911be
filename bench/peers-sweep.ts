import type { Benchmark } from './benchmark.ts'
import type { Turn } from './dag/contest.ts'
import { installPeers } from './dag/install.ts'
import { playScenario } from './dag/scenario.ts'
import { type Axes, SWEEP_AXES, sweepDag } from './dag/shapes.ts'
import { sweepPipeline } from './dag/tools/pipeline.ts'

const QUICK_AXES: Axes = { a: 5, b: 2, c: 5 }
const TRIAL_AXES: Axes = { a: 5, b: 2 }

const TURNS: readonly Turn[] = [{ what: 'plan', command: 'plan' }, { what: 'cold' }, { what: 'again' }]

const BUDGETS = {
  plan: { 'pipeline, light': '300 ms' },
  cold: { 'pipeline, light': '2500 ms, 1503 computed' },
  again: { 'pipeline, light': '500 ms' },
}

/** B4: a sweep whose variants share what they have in common. */
export const peersSweep: Benchmark = (request) => {
  const axes = request.quick ? QUICK_AXES : SWEEP_AXES
  const dag = sweepDag(axes)
  const ours = sweepPipeline(axes)
  return playScenario(
    {
      caption:
        `${(dag.steps.length - 3) / 3} variants (${Object.values(axes).join(' x ')}) of a chain of six steps, three of which no axis reaches: ` +
        `${dag.steps.length} steps. flawline has them from a matrix and joins files in its own process; the others are given ` +
        'every step written out, and start `cat`.',
      tools: [ours, ...installPeers(request.tell)],
      ours,
      dag,
      trial: sweepDag(TRIAL_AXES),
      turns: TURNS,
      budgets: BUDGETS,
    },
    request,
  )
}
