/** What one benchmark found, in words: as it is printed, and as docs/benchmarks.md keeps it. */
export interface Table {
  /** What was measured, and what may not be read from it. */
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface Request {
  /** Measured turns of each side; each benchmark has a default of its own. */
  readonly rounds?: number | undefined
  /** Sizes small enough to try the benchmark itself; the figures then mean little. */
  readonly quick: boolean
  /** The interpreter that peers run in; made on the first call. */
  readonly python: () => string
  /** One line of progress. */
  readonly tell: (text: string) => void
}

export type Benchmark = (request: Request) => Promise<Table>
