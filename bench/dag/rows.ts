import { median, milliseconds } from '../comparison.ts'
import type { Played, Results } from './contest.ts'
import { isOurs, type Tool } from './tool.ts'

export const CONTEST_COLUMNS = ['what', 'tool', 'wall, ms', 'flawline / it', 'computed', 'peak memory, MB', 'budget']

/** What must be reached, by turn, then by the name of the tool. */
export type Budgets = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface RowRules {
  readonly results: Results
  /** Ours first. */
  readonly tools: readonly Tool[]
  /** The form of ours that peers are compared with. */
  readonly ours: Tool
  readonly budgets: Budgets
  /** Whether all do the same, so that outputs can be compared. */
  readonly alike: boolean
  /** Why a tool takes no part. */
  readonly unable: ReadonlyMap<Tool, string>
}

/** Rows under `CONTEST_COLUMNS`: medians, the least in brackets; a ratio is the median over the rounds that both played. */
export function contestRows(
  whats: readonly string[],
  { results, tools, ours, budgets, unable, alike }: RowRules,
): string[][] {
  const told = new Set<Tool>()
  return whats.flatMap((what) => {
    const mine = results.of(what, ours)
    const expected = mine.at(-1)?.outputs
    return tools.flatMap((tool) => {
      const budget = (budgets as Readonly<Partial<Budgets>>)[what]?.[tool.name] ?? ''
      const played = results.of(what, tool)
      const last = played.at(-1)
      if (last === undefined) {
        const why = unable.get(tool) ?? results.failures.get(tool)
        if (why !== undefined && told.has(tool)) return [] // once is enough
        if (why !== undefined) told.add(tool)
        return [[what, tool.name, why ?? 'has no such command', '', '', '', budget]]
      }
      const wrong = alike && expected !== undefined && last.outputs !== expected ? ', OTHER OUTPUTS' : ''
      const peak = Math.max(...played.map(({ peakMb }) => peakMb))
      const row = [
        what,
        tool.name,
        milliseconds(played.map(({ wallMs }) => wallMs)) + wrong,
        isOurs(tool) ? '' : ratioText(mine, played),
        String(last.ran),
        peak === 0 ? '' : peak.toFixed(0),
        budget,
      ]
      return [row]
    })
  })
}

function ratioText(mine: readonly Played[], theirs: readonly Played[]): string {
  const ratios = theirs.flatMap(({ round, wallMs }) => {
    const same = mine.find((each) => each.round === round)
    return same === undefined ? [] : [same.wallMs / wallMs]
  })
  return ratios.length === 0 ? '' : median(ratios).toPrecision(2)
}
