import type { Diagnostic } from '../base/diagnostic.ts'
import type { RunEvent } from '../runner/events.ts'
import type { Look } from './look.ts'

/** Whoever shows a run: takes every event as it comes, and says the rest at the end. */
export interface RunUi {
  event(event: RunEvent): void
  close(outcome: ShownOutcome): Promise<void>
}

/** What the end of a run adds to its events. */
export interface ShownOutcome {
  readonly diagnostics: readonly Diagnostic[]
  /** Text of the files that diagnostics point into. */
  readonly sources: ReadonlyMap<string, string>
  /** Absolute; paths are shown from here. */
  readonly cwd: string
  /** The run's report, else the folder of its record, as people may type it. */
  readonly recordPath?: string
}

/** A stream to write to, and what it can show. */
export interface Output {
  readonly write: (text: string) => void
  readonly look: Look
  readonly columns: () => number
}
