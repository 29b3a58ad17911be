import { plural } from '../../base/format.ts'
import type { Request, Table } from '../benchmark.ts'
import { withFolder } from '../temporary.ts'
import { contest, type Results, type Turn } from './contest.ts'
import type { Dag } from './dag.ts'
import { versionsOf } from './install.ts'
import { type Budgets, CONTEST_COLUMNS, contestRows } from './rows.ts'
import type { Tool } from './tool.ts'
import { fitting } from './trial.ts'

/** What one turn of one tool may take; who would need longer is told so instead of measured. */
const LIMIT_MS = 120_000
const QUICK_LIMIT_MS = 30_000

export interface Scenario {
  /** What is asked, in words; how it was measured is added. */
  readonly caption: string
  /** In the order of the rows. */
  readonly tools: readonly Tool[]
  /** The form of flawline that peers are compared with: does the same work as they. */
  readonly ours: Tool
  readonly dag: Dag
  /** A smaller one, to find out who takes too long; where left out, all take part at once. */
  readonly trial?: Dag
  readonly turns: readonly Turn[]
  readonly budgets: Budgets
  /** Whether all do the same, so that ratios and outputs can be compared. @default true */
  readonly alike?: boolean
  /** Further rows of what was measured. */
  readonly more?: (results: Results) => string[][]
}

/** Plays a scenario in a temporary folder and puts it in words. */
export async function playScenario(scenario: Scenario, { rounds = 3, quick, tell }: Request): Promise<Table> {
  const { tools, ours, dag, trial, turns, budgets } = scenario
  const limitMs = quick ? QUICK_LIMIT_MS : LIMIT_MS
  return withFolder(async (folder) => {
    const { fit, unable } =
      trial === undefined
        ? { fit: tools, unable: new Map<Tool, string>() }
        : await fitting(tools, trial, { folder, times: dag.steps.length / trial.steps.length, limitMs, tell })
    const results = await contest(
      fit.map((tool) => ({ tool, dag })),
      turns,
      { rounds, folder, limitMs, tell },
    )
    const whats = turns.map(({ what }) => what)
    return {
      caption:
        `${scenario.caption} ${plural(rounds, 'interleaved round')}: medians, with the least in brackets; one round for a ` +
        `tool whose first run takes more than 20 s. Computed: steps that ran. ${versionsOf(tools)}.`,
      columns: CONTEST_COLUMNS,
      rows: [
        ...contestRows(whats, { results, tools, ours, budgets, unable, alike: scenario.alike ?? true }),
        ...(scenario.more?.(results) ?? []),
      ],
    }
  })
}
