import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Request } from '../benchmark.ts'
import { contest } from './contest.ts'
import type { Dag } from './dag.ts'
import { isOurs, type Tool } from './tool.ts'

export interface TrialRules extends Pick<Request, 'tell'> {
  readonly folder: string
  /** The work that follows, in multiples of the trial. */
  readonly times: number
  /** What one run of that may take. */
  readonly limitMs: number
}

export interface Fitting {
  readonly fit: readonly Tool[]
  /** Why the others take no part. */
  readonly unable: ReadonlyMap<Tool, string>
}

/**
 * Tries peers on a small DAG: those that would take too long on the whole, at best in proportion to what they take
 * beyond starting up, are left out. flawline takes part in any case.
 */
export async function fitting(tools: readonly Tool[], small: Dag, rules: TrialRules): Promise<Fitting> {
  const folder = join(rules.folder, 'trial')
  mkdirSync(folder)
  const [cold, again] = ['trial', 'trial again']
  const entries = tools.filter((tool) => !isOurs(tool)).map((tool) => ({ tool, dag: small }))
  const results = await contest(entries, [{ what: cold }, { what: again }], { ...rules, folder, rounds: 1 })
  const unable = new Map<Tool, string>(results.failures)
  for (const { tool } of entries) {
    if (unable.has(tool)) continue
    const [first, second] = [cold, again].map((what) => results.of(what, tool)[0].wallMs)
    if (second + Math.max(0, first - second) * rules.times > rules.limitMs)
      unable.set(tool, `not run: ${small.steps.length} steps took ${(first / 1000).toFixed(1)} s`)
  }
  return { fit: tools.filter((tool) => !unable.has(tool)), unable }
}
