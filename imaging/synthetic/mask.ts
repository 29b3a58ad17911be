import { type Raster, rasterOf } from '../raster.ts'
import { type Camera, tone } from './camera.ts'
import type { Surface } from './surface.ts'

/** Grey levels by which a px must differ in one channel, before noise, to count as defective. */
const MATERIAL_LEVELS = 8

/** Px whose shading can differ between two surfaces: 1 where relief (or a neighbour's), materials or openness do. */
export function changedPx(a: Surface, openA: Float32Array, b: Surface, openB: Float32Array, size: number): Uint8Array {
  const changed = new Uint8Array(size * size)
  for (let i = 0; i < changed.length; i++) {
    const moved = a.height[i] !== b.height[i]
    if (moved) {
      if (i >= size) changed[i - size] = 1
      if (i > 0) changed[i - 1] = 1
      if (i + 1 < changed.length) changed[i + 1] = 1
      if (i + size < changed.length) changed[i + size] = 1
    }
    const other = openA[i] !== openB[i] || a.body[i] !== b.body[i] || a.screen[i] !== b.screen[i]
    if (moved || other || a.burn[i] !== b.burn[i] || a.scratch[i] !== b.scratch[i]) changed[i] = 1
  }
  return changed
}

/**
 * Ground truth: 255 where the defective picture differs materially from the sound one, 0 elsewhere; small gaps
 * (below 1 % of the width), where the two happen to look alike, are closed as a person would who draws the outline.
 */
export function differenceMask(
  sound: Float32Array,
  defective: Float32Array,
  changed: Uint8Array,
  camera: Camera,
  size: number,
): Raster {
  const mask = new Uint8Array(size * size)
  const gain = camera.exposure
  for (let i = 0; i < mask.length; i++) {
    if (changed[i] === 0) continue
    for (let o = 3 * i; o < 3 * i + 3; o++) {
      if (Math.abs(tone(sound[o] * gain) - tone(defective[o] * gain)) > MATERIAL_LEVELS) mask[i] = 255
    }
  }
  return rasterOf(close(mask, size, Math.max(1, Math.round(size / 200))), size, size, 1)
}

/** Dilation, then erosion, by a square of 2 radius + 1; what lies outside of the picture stops neither. */
function close(mask: Uint8Array, size: number, radius: number): Uint8Array {
  const dilated = new Uint8Array(mask.length)
  eachSet(mask, size, radius, (_, left, right, top, bottom) => {
    for (let row = top; row <= bottom; row++) dilated.fill(255, row * size + left, row * size + right + 1)
  })
  const closed = new Uint8Array(mask.length)
  eachSet(dilated, size, radius, (i, left, right, top, bottom) => {
    for (let row = top; row <= bottom; row++) {
      for (let at = row * size + left; at <= row * size + right; at++) if (dilated[at] === 0) return
    }
    closed[i] = 255
  })
  return closed
}

type Visit = (i: number, left: number, right: number, top: number, bottom: number) => void

/** Visits every px that is set, with the square round it (ends included) cut at the border. */
function eachSet(mask: Uint8Array, size: number, radius: number, visit: Visit): void {
  for (let i = mask.indexOf(255); i >= 0; i = mask.indexOf(255, i + 1)) {
    const column = i % size
    const row = (i - column) / size
    const right = Math.min(size - 1, column + radius)
    const bottom = Math.min(size - 1, row + radius)
    visit(i, Math.max(0, column - radius), right, Math.max(0, row - radius), bottom)
  }
}
