import type { Place } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import type { StageKind } from '../../stages/stage.ts'
import type { Cell } from '../events.ts'
import type { StageControl } from './control.ts'

export type Protocol = 'standard' | 'thesis'

/** A spec that passed every gate: extended, overridden, expanded over its matrix, validated, bound. Only `loadSpec` makes one. */
export interface Spec {
  readonly name: string
  readonly summary?: string
  /** As printed in line 1: relative to the working folder, `<stdin>` for standard input. */
  readonly path: string
  readonly protocol: Protocol
  readonly seed: number
  /** Where the seed is written, if it is. */
  readonly seedAt?: Place
  /** Absolute folder of what people keep. */
  readonly outputs?: string
  /** Cells of the matrix, in the order of the spec; `[{}]` without one. */
  readonly variants: readonly Cell[]
  /** The same cells as the spec spells them: `variance=0.90,lr=1e-3`; `['']` without a matrix. */
  readonly labels: readonly string[]
  /** One per distinct combination of the axes that reach it; every stage comes after those it needs. */
  readonly stages: readonly SpecStage[]
  /** Stages that some variants have nothing to feed with, for they lack a stage by its `when`. */
  readonly skipped: readonly SkippedStage[]
  /** As given: `sample.grid=170`. */
  readonly overrides: readonly string[]
  /** Digest of the resolved spec: comments, order and spelling of numbers do not change it. */
  readonly digest: Digest
  /** The spec after extends, overrides and protocol, before the matrix: for the run record. */
  readonly resolved: unknown
}

export interface SpecStage {
  /** `train@variance=0.90,lr=1e-3` with axis values as the spec spells them; just the name without axes. */
  readonly address: string
  readonly name: string
  readonly variant: Cell
  readonly kind: StageKind
  /** Every setting of the kind, defaults filled in, paths still as written but absolute where they came by `--set`. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Port name -> address of the stage that feeds it. */
  readonly bindings: Readonly<Record<string, string>>
  readonly control: StageControl
  /** Where a setting (`dir`, `border.cells`), or else the stage's `uses`, is written. */
  placeOf(setting?: string): Place
  /** Where the value of a setting itself is written: the parameter, axis or argument that a reference stands for. */
  originOf(setting?: string): Place
  /** Settings that the spec writes, with those inside others (`border.cells`): those that have places of their own. */
  writtenSettings(): readonly string[]
  /** Not in the spec as a stage: made for `outputs:` or `keep:`. */
  readonly implicit?: true
  /** `keep: true`: the files it gives are published, also where another stage needs them. */
  readonly keep?: true
}

/** A stage that a variant would have if those stages were in it whose output it needs (`when`). */
export interface SkippedStage extends Pick<SpecStage, 'address' | 'name' | 'variant'> {
  /** Name of its kind. */
  readonly kind: string
}

/** Name of the implicit stage that makes the pictures a spec with `outputs:` keeps; `outputs-NAME` where there are several `evaluate` stages. */
export const OUTPUTS_STAGE = 'outputs'

/** Name of the implicit stage that renders what a stage with `keep: true` gives. */
export const imagesStage = (name: string): string => `${name}-images`
