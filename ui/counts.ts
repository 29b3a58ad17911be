import type { EndState } from '../runner/events.ts'
import type { Row, RunState } from './state.ts'

const OK_STATES: readonly EndState[] = ['done', 'fresh', 'cached', 'cut-off']

export interface Counts {
  readonly all: number
  readonly ended: number
  readonly running: number
  readonly waiting: number
  /** `done`, `fresh`, `cached` and `cut-off`. */
  readonly ok: number
  readonly failed: number
  readonly skipped: number
  /** The parts of `ok` that are not zero, in the order they are told. */
  readonly okParts: readonly (readonly [state: EndState, count: number])[]
}

/** Counts stages by state; a stage stands once per variant. */
export function countStages(rows: readonly Row[]): Counts {
  const by = new Map<string, number>()
  for (const { state } of rows) by.set(state, (by.get(state) ?? 0) + 1)
  const count = (state: string): number => by.get(state) ?? 0
  const okParts = OK_STATES.map((state) => [state, count(state)] as const).filter(([, n]) => n > 0)
  const running = count('running')
  const waiting = count('waiting')
  return {
    all: rows.length,
    ended: rows.length - running - waiting,
    running,
    waiting,
    ok: okParts.reduce((sum, [, n]) => sum + n, 0),
    failed: count('failed'),
    skipped: count('skipped'),
    okParts,
  }
}

/** `33 stages: 5 fresh, 1 to run, 27 may run`. */
export function planCounts({ rows }: RunState): string {
  const words = rows.map(({ planned }) => planned.plan)
  const parts = (
    [
      ['fresh', 'fresh'],
      ['cached', 'cached'],
      ['done', 'done'],
      ['run', 'to run'],
      ['maybe', 'may run'],
      ['blocked', 'blocked'],
      ['skipped', 'skipped'],
    ] as const
  )
    .map(([word, text]) => [words.filter((each) => each === word).length, text] as const)
    .filter(([n]) => n > 0)
    .map(([n, text]) => `${n} ${text}`)
  return `${rows.length} stages: ${parts.join(', ')}`.replace(/^1 stages/, '1 stage')
}

/** Whether the plan found nothing to do, so that ended stages need no lines of their own. */
export const isUpToDate = ({ plan }: RunState): boolean => plan !== null && ofPlan(plan).upToDate

/** Width of the longest address of a plan. */
export const addressWidth = ({ plan }: RunState): number => (plan === null ? 0 : ofPlan(plan).addressWidth)

type Plan = NonNullable<RunState['plan']>

interface PlanFacts {
  readonly upToDate: boolean
  readonly addressWidth: number
}

/** Asked for with every line, and a plan may have thousands of stages. */
const FACTS = new WeakMap<Plan, PlanFacts>()

function ofPlan(plan: Plan): PlanFacts {
  let facts = FACTS.get(plan)
  if (facts === undefined) {
    facts = {
      upToDate: plan.stages.every(
        ({ plan: word, list }) => word === 'fresh' || word === 'skipped' || (list && word === 'done'),
      ),
      addressWidth: plan.stages.reduce((width, { address }) => Math.max(width, address.length), 0),
    }
    FACTS.set(plan, facts)
  }
  return facts
}
