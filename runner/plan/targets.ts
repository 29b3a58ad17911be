import type { Diagnostic } from '../../base/diagnostic.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Reason } from '../events.ts'
import type { PlanRequest } from '../request.ts'
import { selectStages, withDependents, withNeeds } from '../select/select.ts'
import type { SkippedStage, Spec, SpecStage } from '../spec/spec.ts'
import { refusesAcceptance } from './accept.ts'

/** Options that select stages. */
export type SelectionRequest = Pick<PlanRequest, 'targets' | 'only' | 'force' | 'from' | 'accept' | 'noCache'>

/** What a run is about, from the options that select stages. */
export interface Choice {
  /** The targets and everything they need, in the order of the spec. */
  readonly stages: readonly SpecStage[]
  readonly targets: ReadonlySet<string>
  /** Those of the targets that have nothing to work on in their variants. */
  readonly skipped: readonly SkippedStage[]
  /** Stages of which no result in the cache is looked at, with the reason that people are given. */
  readonly forced: ReadonlyMap<string, Reason>
  /** Stages that alone may run. */
  readonly only?: ReadonlySet<string>
  /** Stages whose newest stored output may stand for today's. */
  readonly accepted: ReadonlySet<string>
}

/** Reads the selectors of all options; E003 for those that fit nothing, or nothing of what the targets need, E005 for `--only` with targets. */
export function chooseStages(
  spec: Spec,
  { targets, only, force, from, accept, noCache }: SelectionRequest,
): { choice: Choice; diagnostics: readonly Diagnostic[] } {
  const all = [...spec.stages, ...spec.skipped.map((stage) => ({ ...stage, bindings: {} }))]
  const wanted = selectStages(all, [...only, ...targets])
  const needed = withNeeds(spec.stages, wanted.addresses)
  const stages = spec.stages.filter(({ address }) => needed.has(address))
  const diagnostics = [...wanted.diagnostics]
  if (only.length > 0 && targets.length > 0) {
    const help = `write "--only ${only[0]}" alone: what it needs must be in the cache`
    diagnostics.push(fault('E005', `--only and ${sanitize(targets[0])} exclude each other`, help))
  }
  const pick = (option: string, selectors: readonly string[], follow = (found: ReadonlySet<string>) => found) => {
    const picked = new Map<string, string>()
    for (const text of selectors) {
      const found = selectStages(all, [text])
      diagnostics.push(...found.diagnostics)
      const inside = [...follow(found.addresses)].filter((address) => needed.has(address))
      if (found.diagnostics.length === 0 && inside.length === 0)
        diagnostics.push(
          fault('E003', `${option} ${sanitize(text)} is not among the stages of this run`, ofThisRun(stages)),
        )
      for (const address of inside) picked.set(address, text)
    }
    return picked
  }
  const forced = new Map<string, Reason>()
  if (noCache) for (const address of needed) forced.set(address, NOT_READ)
  if (force === true) for (const address of wanted.addresses) forced.set(address, because('--force'))
  const followed = pick('--from', from, (found) => withDependents(spec.stages, found))
  for (const [address, text] of followed) forced.set(address, because(`--from ${text}`))
  for (const [address, text] of pick('--force', typeof force === 'boolean' ? [] : force))
    forced.set(address, because(`--force=${text}`))
  const accepted = new Set(pick('--accept', accept).keys())
  const refused = stages.flatMap((stage) => (accepted.has(stage.address) ? (refusesAcceptance(stage) ?? []) : []))
  diagnostics.push(...new Map(refused.map((each) => [each.message, each])).values())
  if (accept.length > 0 && noCache)
    diagnostics.push(fault('E005', '--accept and --no-cache exclude each other', 'leave one of them out'))
  const skipped = spec.skipped.filter(({ address }) => wanted.addresses.has(address))
  const choice = { stages, targets: wanted.addresses, skipped, forced, accepted }
  return { choice: only.length > 0 ? { ...choice, only: wanted.addresses } : choice, diagnostics }
}

const NOT_READ: Reason = { type: 'cache-not-read', detail: '--no-cache' }

const because = (option: string): Reason => ({ type: 'forced', option })

const ofThisRun = (stages: readonly SpecStage[]): string =>
  `stages of this run: ${[...new Set(stages.map(({ name }) => name))].join(', ')}`

const fault = (code: string, message: string, help: string): Diagnostic => ({
  code,
  severity: 'error',
  message,
  help: [help],
})
