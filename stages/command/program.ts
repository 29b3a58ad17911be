/** What is to be started, and who hears of it. */
export interface Program {
  readonly argv: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly onOutput: (chunk: Buffer) => void
  readonly onError: (chunk: Buffer) => void
  /** Called once with the number of its process group. */
  readonly onGroup: (group: number) => void
}

export interface ProgramEnd {
  /** Exit code, 128 + n where signal n ended it. */
  readonly code: number
  /** CPU time of the program and of all it waited for, to 10 ms; undefined where nobody counted. */
  readonly cpuMs?: number
}

/** A program in a process group of its own. */
export interface Started {
  /** Resolves when the program and its output have ended; rejects where it could not be started or was lost. */
  readonly ended: Promise<ProgramEnd>
  /** Sends a signal to its whole group. */
  readonly signal: (signal: NodeJS.Signals) => void
}
