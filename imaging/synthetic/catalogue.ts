import { DEFECTS, type Defect, type Scene } from './scene.ts'

export interface SetSize {
  readonly seed: string
  /** Width and height of each picture, px. */
  readonly size: number
  readonly zooms: readonly number[]
  /** Parts, not pictures: sound ones to train, sound ones and defective ones to test. */
  readonly train: number
  readonly testGood: number
  readonly testDefective: number
  /** Placements of each part; every placement is one capture, taken at every zoom. */
  readonly poses: number
}

/** One picture of a set: where its file lies, and what a person knows about it. */
export interface PlannedPart {
  readonly scene: Scene
  /** Path of the image in the layout train/ok, test/ok, test/nok: `train/ok/zoom_3_000012.png`; the number is the capture's. */
  readonly id: string
  /** Path of the ground truth, `masks/nok/...`, for defective parts. */
  readonly mask?: string
  readonly split: 'train' | 'test'
  readonly label: 'ok' | 'nok'
  readonly part: string
  readonly view: string
  readonly defect?: Defect
}

/**
 * Lists a set: `(train + testGood + testDefective) * poses * zooms.length` pictures. No part is in two splits, and the
 * defect types take turns, so their counts differ by one part at most.
 */
export function planParts({ seed, size, zooms, train, testGood, testDefective, poses }: SetSize): PlannedPart[] {
  return Array.from({ length: train + testGood + testDefective }, (_, part) => {
    const split = part < train ? 'train' : 'test'
    const nth = part - train - testGood
    const defect: Scene['defect'] = nth < 0 ? 'none' : DEFECTS[nth % DEFECTS.length]
    return Array.from({ length: poses }, (_, pose) =>
      zooms.map((zoom): PlannedPart => {
        const name = `zoom_${zoom}_${digits(part * poses + pose)}.png`
        const scene: Scene = { seed, part, zoom, pose, size, defect }
        const known = { scene, part: `part_${digits(part)}`, view: `zoom_${zoom}` }
        if (defect === 'none') return { ...known, id: `${split}/ok/${name}`, split, label: 'ok' }
        return { ...known, id: `${split}/nok/${name}`, mask: `masks/nok/${name}`, split, label: 'nok', defect }
      }),
    ).flat()
  }).flat()
}

const digits = (number: number): string => String(number).padStart(6, '0')
