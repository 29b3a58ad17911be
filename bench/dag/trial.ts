import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Request } from '../benchmark.ts'
import { contest } from './contest.ts'
import type { Dag } from './dag.ts'
import type { Tool } from './tool.ts'

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

/** Tries every tool on a small DAG: those that would take too long on the whole, at best in proportion, are left out. */
export async function fitting(tools: readonly Tool[], small: Dag, rules: TrialRules): Promise<Fitting> {
  const folder = join(rules.folder, 'trial')
  mkdirSync(folder)
  const turn = { what: `trial of ${small.steps.length} steps` }
  const entries = tools.map((tool) => ({ tool, dag: small }))
  const results = await contest(entries, [turn], { ...rules, folder, rounds: 1 })
  const unable = new Map<Tool, string>()
  for (const tool of tools) {
    const [played] = results.of(turn.what, tool)
    if (results.failures.has(tool)) unable.set(tool, results.failures.get(tool)!)
    else if (played.wallMs * rules.times > rules.limitMs)
      unable.set(tool, `not run: ${small.steps.length} steps took ${(played.wallMs / 1000).toFixed(1)} s`)
  }
  return { fit: tools.filter((tool) => !unable.has(tool)), unable }
}
