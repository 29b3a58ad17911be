import type { Dag, Step } from './dag.ts'

/** A program that brings the outputs of a DAG up to date. */
export interface Tool {
  readonly name: string
  /** `3.67.1`; empty for flawline, whose version stands elsewhere. */
  readonly version: string
  /** Writes the tool's own description of a DAG into a folder that holds its sources; called again where a file comes or goes. */
  readonly describe: (folder: string, dag: Dag) => void
  /** Brings every output up to date. */
  readonly run: readonly string[]
  /** Says what `run` would do, where the tool can. */
  readonly plan?: readonly string[]
  /** Brings a second description of the same work up to date, where results are shared. */
  readonly second?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Where the file of a step lies. @default its `output` in the folder */
  readonly outputPath?: (folder: string, step: Step) => string
  /** Of the last run: what reused results took when they were made, and what those took that it made. */
  readonly times?: (folder: string) => { readonly savedMs: number; readonly stagesMs: number }
  /** Steps computed in this folder, by all runs so far. */
  readonly countRuns: (folder: string) => number
}

/** Forms of flawline, which have no version of their own. */
export const isOurs = ({ version }: Tool): boolean => version === ''
