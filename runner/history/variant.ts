import { canonicalJson } from '../../base/canonical.ts'
import { Failure } from '../../base/diagnostic.ts'
import { findAddress } from '../select/find-address.ts'
import { findRun, readRun } from './find-run.ts'
import type { RunCell, RunDocument, RunStage } from './run-document.ts'

/** A run, or one variant of it. */
export interface Side {
  readonly document: RunDocument
  /** None where no variant was named. */
  readonly cell?: RunCell
}

/** `RUN` or `RUN@VARIANT`; an axis left out matches where one variant alone is left. Throws E003, E006, E008. */
export function findSide(runsFolder: string, text: string): Side {
  const at = text.indexOf('@')
  const name = at === -1 ? text : text.slice(0, at)
  const { run } = findRun(runsFolder, name === '' ? 'last' : name)
  const document = readRun(runsFolder, run)
  if (at === -1) return { document }
  const cells = cellsOf(document).filter(({ label }) => label !== '')
  if (cells.length === 0) throw new Failure('E003', `run ${run} has no variants`, { help: [`pipeline show ${run}`] })
  const addressed = cells.map((cell) => ({ ...cell, address: `${run}@${cell.label}` }))
  const { label, variant } = findAddress(addressed, `${run}@${text.slice(at + 1)}`)
  return { document, cell: { label, variant } }
}

/** The variants of a run; of one that was killed, those that its stages show. */
export function cellsOf({ spec, stages }: RunDocument): readonly RunCell[] {
  if (spec.cells !== undefined) return spec.cells
  const most = Math.max(0, ...stages.map(({ variant }) => Object.keys(variant).length))
  const whole = stages.filter(({ variant }) => Object.keys(variant).length === most)
  return [...new Map(whole.map(({ address, variant }) => [labelIn(address), variant]))].map(([label, variant]) => ({
    label,
    variant,
  }))
}

/** The stages of one variant, in the order of the plan; all where none is named. */
export function stagesIn({ document: { stages }, cell }: Side): readonly RunStage[] {
  return cell === undefined ? stages : stages.filter(({ variant }) => reaches(variant, cell))
}

/** The verdicts of a run, or of one variant. */
export const verdictsIn = ({ document, cell }: Side): RunDocument['verdicts'] =>
  document.verdicts.filter(({ variant }) => cell === undefined || reaches(variant, cell))

/** Whether a stage of these axis values belongs to a variant: every axis that reaches it has the variant's value. */
export function reaches(variant: RunCell['variant'], { variant: cell }: RunCell): boolean {
  return Object.entries(variant).every(([axis, value]) => canonicalJson(value) === canonicalJson(cell[axis] ?? null))
}

/** `variance=0.90` of `pca@variance=0.90`; empty without axes. */
export const labelIn = (address: string): string => {
  const at = address.indexOf('@')
  return at === -1 ? '' : address.slice(at + 1)
}
