import type { Shape } from './shape.ts'

/** Level of the table on which the part lies; the part's plate is 0. */
export const GROUND = -0.16

/** One step of the mould: within `shape` the surface goes to `level` over a rounded edge `fillet` wide. */
export interface Feature {
  /** What the step belongs to; a defect of type `missing` takes away all steps of one site. */
  readonly site: string
  readonly shape: Shape
  /** raise: up to the level; cut: down to it; emboss: by it. */
  readonly mode: 'raise' | 'cut' | 'emboss'
  readonly level: number
  readonly fillet: number
  /** body: plastic stands here; screen: the filter cloth behind the grille shows here. */
  readonly shows?: 'body' | 'screen'
}
