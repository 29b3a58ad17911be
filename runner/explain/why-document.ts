import type { PlanWord, Reason } from '../events.ts'
import type { RunStageState } from '../history/run-document.ts'

/** Why a stage ran or would run: what `pipeline why` prints, and its document. */
export interface WhyDocument {
  readonly spec: { readonly name: string; readonly path: string }
  readonly address: string
  readonly kind: string
  /** What the plan says of the stage, or how it ended in `run`. */
  readonly state: PlanWord | RunStageState
  /** The run that is explained; left out, the next one. */
  readonly run?: RunName
  readonly key?: string
  /** What it is compared with. */
  readonly against?: RunName & { readonly key: string; readonly address?: string }
  /** The run that made, or first had, what is fresh or cached. */
  readonly since?: RunName
  readonly reasons: readonly Reason[]
  readonly items?: { readonly total: number; readonly stale: number }
  /** What is as it was: settings, seed, versions, inputs. */
  readonly same: readonly SameField[]
  /** Of a stage that may run: the stages whose output decides. */
  readonly decidedBy: readonly string[]
  /** Stages that rest on it, with how many of each. */
  readonly after: readonly { readonly stage: string; readonly count: number }[]
  /** Kept files that were edited or deleted since they were written; the next run writes them again. */
  readonly notes: readonly Reason[]
}

export interface RunName {
  readonly run: string
  /** ISO 8601, UTC. */
  readonly started?: string
}

export interface SameField {
  readonly name: string
  readonly value: string | number | boolean | null
  /** A digest, of which people see the head. */
  readonly digest?: true
}
