import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Dag, leavesOf, type Step } from './dag.ts'
import type { Tool } from './tool.ts'

/** Writes the sources of a DAG, and the folder that its outputs go to. */
export function layOut(folder: string, dag: Dag): void {
  for (const place of new Set([...dag.sources.keys()].map((path) => dirname(path))))
    mkdirSync(join(folder, place), { recursive: true })
  mkdirSync(join(folder, 'out'), { recursive: true })
  for (const [path, content] of dag.sources) writeFileSync(join(folder, path), content)
}

/** Where the tool puts the file of a step. */
export const outputPath = (tool: Tool, folder: string, step: Step): string =>
  tool.outputPath?.(folder, step) ?? join(folder, step.output)

/** A digest over the bytes of every leaf's output; a file that is not there counts as such. */
export function digestOutputs(tool: Tool, folder: string, dag: Dag): string {
  const hash = createHash('sha256')
  for (const step of leavesOf(dag)) {
    const path = outputPath(tool, folder, step)
    hash.update(existsSync(path) ? readFileSync(path) : 'missing').update('\0')
  }
  return hash.digest('hex')
}
