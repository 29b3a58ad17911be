import type { Diagnostic } from '../../base/diagnostic.ts'
import type {
  BestVariant,
  Cell,
  EndState,
  EventBody,
  ItemCounts,
  PlanWord,
  Reason,
  RunEvent,
  SkipCause,
  VariantFigures,
} from '../events.ts'
import type { KeyManifest } from '../key.ts'

type EndOf = Extract<EventBody, { type: 'run.end' }>

/** How a run ended, or that it has not: `running` while its process lives, `killed` where that is gone without a word. */
export type RunResult = EndOf['result'] | 'running' | 'killed'

/**
 * One run as STATE/runs/ID/record.json keeps it. What happened is folded from the run's events (`fold-events.ts`), so a run
 * that was killed is known as far as its events tell; what no event carries is added by the runner.
 */
export interface RunDocument {
  readonly v: 1
  readonly run: string
  /** `path` as line 1 of the run shows it; `file` from the project root, the same from every working folder. */
  readonly spec: {
    readonly path: string
    readonly file?: string
    readonly name?: string
    readonly digest?: string
    /** After extends, overrides and protocol, before the matrix. */
    readonly resolved?: unknown
    /** Stage name -> settings that cannot change a result. */
    readonly inert?: Readonly<Record<string, readonly string[]>>
    /** Cells of the matrix, with their spelling in addresses. One without label where there is no matrix. */
    readonly cells?: readonly RunCell[]
  }
  readonly argv: readonly string[]
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly started: string
  readonly wallMs: number
  readonly savedMs: number
  readonly result: RunResult
  /** Null while the run has not ended, and for good where it was killed. */
  readonly exit: number | null
  readonly seed?: number
  readonly protocol?: string
  readonly engine?: string
  readonly cores?: number
  readonly versions: Readonly<Record<string, string>>
  readonly git: { readonly commit: string; readonly dirty: boolean } | null
  readonly overrides: readonly string[]
  /** Number of cells of the matrix; 1 without one. */
  readonly variants: number
  /** In the order of the plan; empty where the run was refused before there was one. */
  readonly stages: readonly RunStage[]
  readonly gates: readonly RunGate[]
  /** Figures of every verdict of the run, in the order of the stages. */
  readonly verdicts: readonly RunVerdict[]
  readonly best?: BestVariant
  /** Variants side by side, in the order of the plan; empty without a sweep. */
  readonly comparison: readonly VariantFigures[]
  readonly waivers: EndOf['waivers']
  readonly diagnostics: readonly RunDiagnostic[]
  readonly outputs: readonly string[]
  /** Set when nothing was due: the run whose results these are. */
  readonly sameAs?: string
  readonly interrupt?: string
}

export interface RunCell {
  /** `variance=0.90,lr=1e-3`; empty without a matrix. */
  readonly label: string
  readonly variant: Cell
}

/**
 * Where a stage of a run stands: its final state, or that it had none yet when the run ended or was looked at.
 * `interrupted`: it ran when its run was killed.
 */
export type RunStageState = EndState | 'running' | 'waiting' | 'interrupted'

export interface RunStage {
  readonly address: string
  readonly stage: string
  readonly variant: Cell
  readonly kind: string
  /** Not known where the run ended before this stage did. */
  readonly kindVersion?: number
  /** A list stage: evaluated with the plan, has items and no time. */
  readonly list: boolean
  readonly needs: readonly string[]
  readonly plan: PlanWord
  readonly state: RunStageState
  readonly cause?: SkipCause
  readonly key?: string
  /** The key's pre-image; of a fresh stage it stands in the record of the run `freshSince`. List stages have none. */
  readonly manifest?: KeyManifest
  /** The run of this spec that first succeeded with this key. */
  readonly freshSince?: string
  readonly reasons: readonly Reason[]
  readonly items?: ItemCounts
  readonly wallMs: number
  readonly cpuMs: number
  /** Peak of resident memory; 0 where it was not measured. Of a command it is sampled (`stages/command/memory-watch.ts`). */
  readonly rssBytes: number
  readonly bytes: number
  readonly savedMs: number
  /** The run that computed the output, where it was not this one; of a per-item stage, the run that computed most of it. */
  readonly sourceRun?: string
  readonly diagnostic?: Diagnostic
  /** Whole outputs; the values of a per-item stage are in the cache alone. */
  readonly artifacts: Readonly<Record<string, { readonly digest: string; readonly bytes: number }>>
  /** Log file, from the project root. */
  readonly log?: string
  /** GPU ids lent to it, separated by commas. */
  readonly device?: string
}

export type RunGate = Omit<Extract<EventBody, { type: 'gate' }>, 'type' | 'key'>

export type RunDiagnostic = Omit<Extract<RunEvent, { type: 'diagnostic' }>, 'type' | 'v' | 'seq' | 't' | 'run'>

/** The figures of one `evaluate` stage. Per-image scores stay in its `verdict` artifact. */
export interface RunVerdict {
  readonly address: string
  readonly variant: Cell
  readonly metrics: BestVariant['metrics']
  readonly limits: { readonly close: number | null; readonly nok: number | null }
}

/** What no event carries: the runner adds it while it goes. */
export interface RunDetails {
  readonly spec?: Required<Pick<RunDocument['spec'], 'file' | 'resolved' | 'inert' | 'cells'>>
  /** By address, of the stages that ended. */
  readonly stages?: ReadonlyMap<string, StageDetails>
  readonly verdicts?: readonly RunVerdict[]
}

export type StageDetails = Pick<RunStage, 'kindVersion' | 'manifest' | 'freshSince' | 'sourceRun' | 'artifacts'>
