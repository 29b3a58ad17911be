/** Raised whenever the bytes of any scene change: it goes into the keys of whatever is made from these pictures. */
export const SYNTHETIC_VERSION = 1

/** Defect types: a thin whitened groove, a brown dull blotch, moulded geometry that is absent or short-shot. */
export const DEFECTS = ['scratch', 'burn', 'missing'] as const
export type Defect = (typeof DEFECTS)[number]

/** Everything that decides a picture, as plain data: equal scenes of one version have equal bytes. */
// A type alias, not an interface: only an alias is assignable to the records that keys are made of.
export type Scene = {
  /** Names the product run; another seed gives other parts, poses and defects. */
  readonly seed: string
  /** Number of the moulded part, from 0. */
  readonly part: number
  /** Zoom of the camera: 0 .. 5, from the whole part to its glossy centre; another one is a RangeError. */
  readonly zoom: number
  /** Number of the placement under the camera, from 0; every zoom sees the same placement. */
  readonly pose: number
  /** Width and height of the square picture in px, at least 16. */
  readonly size: number
  readonly defect: Defect | 'none'
}

/** Half the width of the field of view per zoom, in units of the part's half length. */
const HALF_FIELD = [1.2, 1, 0.76, 0.58, 0.46, 0.37] as const

export function halfField(zoom: number): number {
  if (!Number.isInteger(zoom) || zoom < 0 || zoom >= HALF_FIELD.length) throw new RangeError(`no zoom ${zoom}`)
  return HALF_FIELD[zoom]
}

/** The overview (zooms 0 and 1, set A) and the close-up (the others, set B) are inspected for defects of their own scale. */
export const isCloseUp = (zoom: number): boolean => zoom >= 2
