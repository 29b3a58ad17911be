import { Failure } from '../../base/diagnostic.ts'
import type { ItemsInput, Pixels, TaskItem } from '../stage.ts'
import { sizeOf } from './scored-items.ts'

/** A labelled test image's error map and truth. */
export interface TestPixels {
  readonly map: Float32Array
  readonly nok: boolean
  /** 0 or 255, height x width; null for a good image. */
  readonly mask: Uint8Array | null
  readonly width: number
  readonly height: number
}

/** Why an image has no truth in px: no mask on a defective one, or a mask that contradicts the label. */
export type WithoutTruth = 'withoutMask' | 'contradictory'

/** Pairs the map of a labelled test image with its mask. E213 where the mask is not of the image's size. */
export async function testPixels(
  scores: ItemsInput,
  item: TaskItem,
  map: Float32Array,
): Promise<TestPixels | WithoutTruth> {
  const nok = item.columns.label === 'nok'
  const mask = await scores.renderMask(item)
  const marked = mask?.data.some((value) => value !== 0) ?? false
  if (nok && mask === undefined) return 'withoutMask'
  if (nok !== marked) return 'contradictory'
  const size = await sizeOf(scores, item)
  if (mask !== undefined && !sameSize(mask, size)) {
    const found = `${mask.width} x ${mask.height} px, its image ${size.width} x ${size.height}`
    throw new Failure('E213', `the mask of ${item.columns.id ?? item.digest} has ${found}`)
  }
  return { map, nok, mask: nok ? mask!.data : null, width: size.width, height: size.height }
}

type Size = Pick<Pixels, 'width' | 'height'>
const sameSize = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height
