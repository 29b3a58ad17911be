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

/** A program in a process group of its own. */
export interface Started {
  /** Exit code, 128 + n where signal n ended it. Resolves when the program and its output have ended; rejects where it could not be started or was lost. */
  readonly ended: Promise<number>
  /** Sends a signal to its whole group. */
  readonly signal: (signal: NodeJS.Signals) => void
}
