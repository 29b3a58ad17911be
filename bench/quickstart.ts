import { plural } from '../base/format.ts'
import type { RunEvent } from '../runner/events.ts'
import type { Benchmark } from './benchmark.ts'
import { type CommandRun, endOf, eventsOf, peakText, runCommand, withProject } from './command.ts'
import { median, milliseconds } from './comparison.ts'

const ARGS = ['run', 'quickstart', '--ui', 'json']
const BUDGET_MS = 60_000
const AGAIN_BUDGET_MS = 500 // of the run itself

type StageEnd = Extract<RunEvent, { type: 'stage.end' }>

/** `pipeline run quickstart` in a fresh project, stage by stage, and the same once more. */
export const quickstart: Benchmark = async ({ rounds = 3, tell }) => {
  const runs: { first: CommandRun; again: CommandRun }[] = []
  for (let round = 0; round < rounds; round++) {
    tell(`round ${round + 1} of ${rounds}`)
    runs.push(
      await withProject(async (root) => ({ first: await runCommand(root, ARGS), again: await runCommand(root, ARGS) })),
    )
  }
  const first = runs.map((run) => run.first)
  const again = runs.map((run) => run.again)
  const stages = first.map(computedStages)
  return {
    caption:
      `\`pipeline ${ARGS.join(' ')}\` in a fresh project, then again. ${plural(rounds, 'round')}: medians, with the least in brackets. ` +
      'Memory of a stage is the highest the task host had reached when it ended; of a run, what all its processes held together.',
    columns: ['what', 'wall, ms', 'CPU, ms', 'budget', 'peak memory, MB'],
    rows: [
      ['planning', milliseconds(first.map(planningMs)), '', '', ''],
      ...stages[0].map((_, i) => stageRow(stages.map((ends) => ends[i]))),
      runRow('first run, the process', first, BUDGET_MS),
      ['again, first output', milliseconds(again.map((run) => run.firstOutputMs)), '', '', ''],
      ['again, the run itself', milliseconds(again.map((run) => endOf(run).wallMs)), '', `${AGAIN_BUDGET_MS} ms`, ''],
      runRow('again, the process', again),
    ],
  }
}

/** From the start to the plan; list stages such as acquire run here. */
const planningMs = (run: CommandRun): number => planOf(run).t

/** Stages that ran after planning. */
function computedStages(run: CommandRun): StageEnd[] {
  const lists = new Set(
    planOf(run)
      .stages.filter(({ list }) => list)
      .map(({ stage }) => stage),
  )
  return eventsOf(run).filter((event) => event.type === 'stage.end' && !lists.has(event.stage)) as StageEnd[]
}

function planOf(run: CommandRun): Extract<RunEvent, { type: 'run.plan' }> {
  const plan = eventsOf(run).find((event) => event.type === 'run.plan')
  if (plan === undefined) throw new Error('the run was not planned')
  return plan
}

/** The same stage of every round. */
function stageRow(ends: readonly StageEnd[]): string[] {
  const rssMb = median(ends.map(({ rssBytes }) => rssBytes)) / 2 ** 20
  const items = ends[0].items === undefined ? '' : `, ${plural(ends[0].items.computed, 'item')}`
  return [
    `${ends[0].stage}${items}`,
    milliseconds(ends.map(({ wallMs }) => wallMs)),
    milliseconds(ends.map(({ cpuMs }) => cpuMs)),
    '',
    rssMb === 0 ? '' : rssMb.toFixed(0),
  ]
}

const runRow = (what: string, runs: readonly CommandRun[], budgetMs?: number): string[] => [
  what,
  milliseconds(runs.map(({ wallMs }) => wallMs)),
  '',
  budgetMs === undefined ? '' : `${budgetMs} ms`,
  peakText(runs),
]
