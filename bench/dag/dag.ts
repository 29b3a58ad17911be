/** One command that makes one file: what every tool is told, each in its own words. */
export interface Step {
  readonly name: string
  /** Sources, or outputs of other steps, in the order that `command` reads them; paths relative to the project. */
  readonly inputs: readonly string[]
  /** A folder all of whose files are inputs too. */
  readonly folder?: string
  /** `out/NAME`. */
  readonly output: string
  /** For `sh`; `at` says where the tool puts a file, from the folder that it runs commands in. */
  readonly command: (at: (path: string) => string) => string
}

/** A project as files and steps; no tool's name in it. */
export interface Dag {
  /** Path -> content. */
  readonly sources: ReadonlyMap<string, string | Uint8Array>
  /** Every step after those that it reads from. */
  readonly steps: readonly Step[]
}

export const outputOf = (name: string): string => `out/${name}`

/** A step that puts its inputs after one another. */
export const concatStep = (name: string, inputs: readonly string[]): Step => ({
  name,
  inputs,
  output: outputOf(name),
  command: (at) => `cat ${inputs.map(at).join(' ')} > ${at(outputOf(name))}`,
})

/** Steps by the file that they make. */
export const makersOf = (dag: Dag): ReadonlyMap<string, Step> => new Map(dag.steps.map((step) => [step.output, step]))

/** Names of the steps that a step reads from. */
export const needsOf = (step: Step, makers: ReadonlyMap<string, Step>): string[] =>
  [...new Set(step.inputs)].flatMap((path) => makers.get(path)?.name ?? [])

/** Inputs that no step makes. */
export const sourcesOf = (step: Step, makers: ReadonlyMap<string, Step>): string[] =>
  [...new Set(step.inputs)].filter((path) => !makers.has(path))

/** Steps that nothing reads: what people ask for. */
export function leavesOf(dag: Dag): Step[] {
  const read = new Set(dag.steps.flatMap(({ inputs }) => inputs))
  return dag.steps.filter(({ output }) => !read.has(output))
}
