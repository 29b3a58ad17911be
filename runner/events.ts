import type { Diagnostic } from '../base/diagnostic.ts'
import type { Standing } from '../stages/evaluate/compare-variants.ts'

/** States in which a stage ends (`interface.md` calls the rest of them words of the plan or of progress). */
export type EndState = 'fresh' | 'cached' | 'done' | 'cut-off' | 'skipped' | 'failed'
export type PlanWord = 'fresh' | 'cached' | 'done' | 'run' | 'maybe' | 'blocked' | 'skipped'
export type SkipCause = 'need-failed' | 'condition' | 'stopped' | 'cancelled' | 'interrupted'
export type Cell = Readonly<Record<string, unknown>>

/** Why a stage runs, from comparing its key manifest with the nearest earlier one. */
export type Reason =
  | { readonly type: 'no-previous-run' }
  | {
      readonly type: 'spec-field-changed'
      readonly path: string
      readonly old: unknown
      readonly new: unknown
      readonly at?: string
    }
  | { readonly type: 'stage-version-changed'; readonly old: number; readonly new: number }
  | {
      readonly type: 'input-added' | 'input-removed' | 'input-changed'
      readonly n: number
      readonly total: number
      readonly examples: readonly string[]
      /** In what changed items differ: `pixels`, and columns such as `label`. */
      readonly what?: readonly string[]
      /** What the items are, where they are no images. */
      readonly of?: 'files'
    }
  | {
      readonly type: 'upstream-output-changed'
      readonly stage: string
      readonly artifact: string
      readonly old?: string
      readonly new?: string
    }
  | {
      readonly type: 'weights-changed' | 'env-changed'
      readonly name: string
      readonly old: string
      readonly new: string
    }
  | { readonly type: 'output-missing' | 'output-modified'; readonly artifact: string }
  | { readonly type: 'cache-entry-corrupt' | 'cache-evicted' | 'cache-not-read'; readonly detail: string }
  | { readonly type: 'previous-attempt-failed'; readonly run: string; readonly code: string }
  | { readonly type: 'forced'; readonly option: string }

export interface PlannedStage {
  readonly stage: string
  readonly variant: Cell
  readonly address: string
  readonly kind: string
  readonly needs: readonly string[]
  readonly plan: PlanWord
  readonly key?: string
  readonly reasons: readonly Reason[]
  /** A list stage: runs while planning, has a count and no time. */
  readonly list: boolean
  readonly items?: number
  /** What the items are, where they are no images. */
  readonly of?: 'files'
  /** Of a per-item stage that runs or may run: the items to compute, where that is known. */
  readonly stale?: number
  readonly estMs?: number
  readonly estBytes?: number
}

export interface Bill {
  readonly run: number
  readonly maybe: number
  readonly reused: number
  readonly estMs: number
  readonly estBytes: number
  readonly freeBytes: number
  /** Pictures to decode for the first time, and what that takes; part of `estMs`. */
  readonly undecoded?: number
  readonly decodingMs?: number
  /** What the variants of a sweep have in common. */
  readonly shared?: SharedWork
}

export interface SharedWork {
  readonly variants: number
  /** So many stages serve so many variants each (on average, where axes are cut by include and exclude). */
  readonly groups: readonly { readonly stages: number; readonly variants: number }[]
  /** What each variant by itself would take more. */
  readonly savedMs: number
}

export interface ItemCounts {
  readonly total: number
  readonly computed: number
  readonly reused: number
}

interface StageEvent {
  readonly stage: string
  readonly variant: Cell
  readonly key?: string
}

export type EventBody =
  | {
      readonly type: 'run.start'
      readonly time: string
      readonly spec: { readonly path: string }
      readonly argv: readonly string[]
      readonly pid: number
      readonly versions: Readonly<Record<string, string>>
    }
  | {
      readonly type: 'run.plan'
      readonly digest: string
      readonly name: string
      readonly overrides: readonly string[]
      readonly protocol: string
      readonly seed: number
      readonly engine: string
      readonly cores: number
      readonly jobs: number
      readonly resources: Readonly<Record<string, unknown>>
      readonly git: { readonly commit: string; readonly dirty: boolean } | null
      readonly stages: readonly PlannedStage[]
      readonly variants: number
      readonly bill: Bill
    }
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic; readonly stage?: string; readonly variant?: Cell }
  /** Work of planning that takes long enough to be shown: reading digests, decoding new images. */
  | {
      readonly type: 'plan.progress'
      readonly what: 'reading' | 'decoding'
      readonly done: number
      readonly total: number
    }
  | ({ readonly type: 'stage.queued' } & StageEvent)
  /** Another process makes this key: its result is waited for. */
  | ({
      readonly type: 'lock.wait'
      readonly holder: { readonly pid: number; readonly run: string; readonly sinceMs: number }
    } & StageEvent)
  | ({ readonly type: 'lock.got'; readonly waitedMs: number } & StageEvent)
  /** Ready for two seconds, no room. */
  | ({
      readonly type: 'resource.wait'
      readonly need: Readonly<Record<string, number>>
      readonly free: Readonly<Record<string, number>>
    } & StageEvent)
  /** Before a new attempt; `attempt` is its number. */
  | ({
      readonly type: 'stage.retry'
      readonly attempt: number
      readonly waitMs: number
      readonly diagnostic: Diagnostic
    } & StageEvent)
  | ({
      readonly type: 'stage.start'
      readonly kind: string
      readonly kindVersion: number
      readonly attempt: number
      readonly reasons: readonly Reason[]
      readonly items: { readonly total: number; readonly stale: number }
      /** GPU ids lent to it. */
      readonly device?: string
      readonly log: string
    } & StageEvent)
  | ({
      readonly type: 'stage.progress'
      readonly done: number
      readonly total?: number
      readonly unit: string
      readonly rate?: number
      readonly etaMs?: number
    } & StageEvent)
  | ({
      readonly type: 'stage.metric'
      readonly name: string
      readonly value: number
      readonly step: number
    } & StageEvent)
  | ({
      readonly type: 'stage.log'
      readonly level: 'debug' | 'info' | 'warning' | 'error'
      readonly text: string
      readonly cut?: true
    } & StageEvent)
  | ({
      readonly type: 'stage.artifact'
      readonly name: string
      readonly digest: string
      readonly bytes: number
    } & StageEvent)
  | ({
      readonly type: 'stage.end'
      readonly state: EndState
      readonly wallMs: number
      readonly cpuMs: number
      readonly rssBytes: number
      readonly bytes: number
      readonly items?: ItemCounts
      readonly savedMs: number
      readonly source?: 'local'
      readonly cause?: SkipCause
      readonly diagnostic?: Diagnostic
    } & StageEvent)
  | {
      readonly type: 'cache.corrupt'
      readonly key: string
      readonly artifact: string
      readonly item?: string
      readonly expected: string
      readonly found: string
    }
  /** A share of what was reused was computed again and compared. */
  | {
      readonly type: 'audit'
      readonly items: number
      /** Whole stages. */
      readonly stages: number
      /** Stages that gave other bytes. */
      readonly differing: number
    }
  /** Room was made in the cache before the first stage. */
  | {
      readonly type: 'cache.evict'
      readonly entries: number
      readonly bytes: number
      /** Time to compute all of it again. */
      readonly recomputeMs: number
    }
  | ({
      readonly type: 'gate'
      readonly metric: string
      readonly op: '>='
      readonly threshold: number
      readonly value: number | null
      readonly interval: readonly [number, number] | null
      readonly met: boolean
    } & StageEvent)
  | ({ readonly type: 'comparison' } & VariantFigures)
  | { readonly type: 'run.interrupt'; readonly signal: string; readonly count: number }
  | {
      readonly type: 'run.end'
      readonly exit: number
      readonly result: 'passed' | 'failed' | 'gate-missed' | 'interrupted' | 'aborted'
      readonly counts: Readonly<Partial<Record<EndState, number>>>
      readonly wallMs: number
      readonly savedMs: number
      readonly best?: BestVariant
      readonly waivers: readonly Waiver[]
      readonly outputs?: readonly string[]
      /** Set when nothing was due: the run whose results these are. */
      readonly sameAs?: string
    }

/** A stage whose newest stored output was taken in place of today's (`--accept`). */
export interface Waiver {
  readonly address: string
  readonly stage: string
  readonly variant: Cell
  /** Why today's output would have had to be computed. */
  readonly reasons: readonly Reason[]
  /** The run whose output was taken. */
  readonly run: string
  /** Name of the user who accepted it. */
  readonly who: string
  /** ISO 8601, UTC. */
  readonly when: string
}

/** A variant of a sweep beside the best one. */
export interface VariantFigures {
  /** The `evaluate` stage that judged it. */
  readonly stage: string
  readonly variant: Cell
  readonly address: string
  /** The metrics that variants are compared by. */
  readonly metrics: BestVariant['metrics']
  /** How it stands in each of them; without those that it does not have. */
  readonly standings: readonly Standing[]
  /** Null where no limit is set. */
  readonly gate: 'met' | 'missed' | null
  /** What it costs from nothing, steps that it shares included. */
  readonly costMs: number
}

/** The figures the summary shows, of the best variant or the only one. */
export interface BestVariant {
  readonly variant: Cell
  readonly metrics: Readonly<
    Record<string, { readonly value: number | null; readonly interval?: readonly [number, number] }>
  >
  /** Trivial statistics printed beside the result: image AUROC of each. */
  readonly baselines: Readonly<Record<string, number | null>>
}

/** The only channel between the runner and any screen, log or record. */
export type RunEvent = EventBody & { readonly v: 1; readonly seq: number; readonly t: number; readonly run: string }
