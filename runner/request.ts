import type { Diagnostic } from '../base/diagnostic.ts'
import type { RunnerEnvironment } from './environment.ts'
import type { Bill, PlannedStage, RunEvent } from './events.ts'
import type { RenderPage } from './publish.ts'
import type { Resources } from './resources.ts'

/** Options that change values of a spec. */
export const SET_OPTIONS = { set: '--set', string: '--set-string', file: '--set-file', sweep: '--sweep' } as const

/** One `--set` and its kin, in the order given. */
export interface SetOption {
  readonly kind: keyof typeof SET_OPTIONS
  readonly text: string
}

/** What `plan` and `run` have in common. */
export interface PlanRequest {
  /** `argument` as typed: a name, a path, or `-` for standard input. */
  readonly spec: { readonly argument: string; readonly cwd: string; readonly root: string }
  readonly sets: readonly SetOption[]
  /** Selectors given bare and by `--until`; none means all. */
  readonly targets: readonly string[]
  /** Selectors of what alone may run. */
  readonly only: readonly string[]
  /** Computed again: all targets, or what selectors say. */
  readonly force: readonly string[] | boolean
  /** Computed again with all that needs it. */
  readonly from: readonly string[]
  /** Taken as it was stored last, for this one run. */
  readonly accept: readonly string[]
  /** Files read side by side while planning. */
  readonly jobs: number
  readonly engine: string
  readonly noCache: boolean
  readonly environment: RunnerEnvironment
  readonly signal: AbortSignal
  /** Work of planning that takes long enough to be shown. */
  readonly onProgress?: (what: 'reading' | 'decoding', done: number, total: number) => void
  /** Decodes every image, as `check --data` does. */
  readonly decode?: boolean
  /** Goes by recorded sizes and times of files alone: a changed file counts as changed, and is not opened. */
  readonly peek?: true
}

export interface RunRequest extends PlanRequest {
  readonly argv: readonly string[]
  readonly onFailure: 'stop' | 'continue' | 'kill'
  readonly resources: Resources
  /** A lock that another process holds is a failure, and not waited for. */
  readonly noWait: boolean
  /** Stored logs of reused stages are told again. */
  readonly replayLogs: boolean
  /** Share of what is reused that is computed again and compared. */
  readonly audit?: number
  readonly listen: (event: RunEvent) => void
  /** A second Ctrl-C: children are killed at once. */
  readonly kill: AbortSignal
  readonly renderPage: RenderPage
}

/** Findings with the texts of the files they point into. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[]
  readonly sources: ReadonlyMap<string, string>
}

export interface RunOutcome extends Findings {
  readonly exit: number
  readonly run: string
  /** Whether it came to a verdict that the run before it had not. */
  readonly isNews: boolean
}

export interface PlanOutcome extends Findings {
  /** 0, or the exit code of the first error's family. */
  readonly exit: number
  readonly name?: string
  readonly path?: string
  readonly protocol?: string
  readonly seed?: number
  readonly stages: readonly PlannedStage[]
  readonly variants: number
  readonly images: number
  readonly masks: number
  readonly bill?: Bill
}
