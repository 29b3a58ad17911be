import { clampByte } from './clamp.ts'
import { blankRaster, type Raster } from './raster.ts'
import { scratch } from './scratch.ts'

export type ResizeFilter = 'bilinear' | 'bicubic' | 'nearest'

/**
 * Resizes to `width` x `height` px, bit-identical to Pillow's `Image.resize`: the filter is widened when shrinking
 * (antialiasing), weights are fixed-point with 22 bits, and the result is rounded to 8 bits after each axis. Width
 * first, as up to Pillow 12; Pillow 13 takes the height first where it shrinks much more than the width (other
 * roundings). `bicubic` is the Keys kernel with a = -0.5; `nearest` takes the px under the centre.
 */
export function resize(raster: Raster, width: number, height: number, filter: ResizeFilter): Raster {
  if (filter === 'nearest') return resizeNearest(raster, width, height)
  if (raster.height === height) return raster.width === width ? raster : resampleRows(raster, width, filter)
  const between = scratch('narrowed', width * raster.height * raster.channels)
  const narrowed = raster.width === width ? raster : resampleRows(raster, width, filter, between)
  return resampleColumns(narrowed, height, filter)
}

export type Fit = 'stretch' | 'letterbox'

/** Where the image lies inside the working size, in px; `stretch` fills all of it. */
export interface Placement {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * `stretch` ignores the aspect ratio; `letterbox` keeps it and centres the image (an odd px goes right or below).
 * Heat maps go back to the original px by cutting the placement out and resizing that.
 */
export function placeInto(
  raster: Pick<Raster, 'width' | 'height'>,
  width: number,
  height: number,
  fit: Fit,
): Placement {
  if (fit === 'stretch') return { x: 0, y: 0, width, height }
  const scale = Math.min(width / raster.width, height / raster.height)
  const inner = {
    width: Math.max(1, Math.min(width, Math.round(raster.width * scale))),
    height: Math.max(1, Math.min(height, Math.round(raster.height * scale))),
  }
  return { x: Math.floor((width - inner.width) / 2), y: Math.floor((height - inner.height) / 2), ...inner }
}

/** Resizes into the working size; what `letterbox` leaves free is black. */
export function fitInto(raster: Raster, width: number, height: number, fit: Fit, filter: ResizeFilter): Raster {
  const place = placeInto(raster, width, height, fit)
  const inner = resize(raster, place.width, place.height, filter)
  if (place.width === width && place.height === height) return inner
  const { channels } = raster
  const framed = blankRaster(width, height, channels)
  for (let y = 0; y < place.height; y++) {
    const row = inner.data.subarray(y * place.width * channels, (y + 1) * place.width * channels)
    framed.data.set(row, ((place.y + y) * width + place.x) * channels)
  }
  return framed
}

const PRECISION_BITS = 22 // 32 - 8 bits of a sample - 2 for the overshoot of bicubic (Pillow, Resample.c)
const { imul } = Math
const HALF = 1 << (PRECISION_BITS - 1)

const KERNELS = {
  bilinear: { support: 1, weight: (x: number): number => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: keys },
} as const

/** Keys 1981, a = -0.5. */
function keys(x: number): number {
  const a = -0.5
  const t = Math.abs(x)
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1
  if (t < 2) return (((t - 5) * t + 8) * t - 4) * a
  return 0
}

interface Taps {
  /** First source px of each target px. */
  readonly first: Int32Array
  /** Number of source px of each target px. */
  readonly count: Int32Array
  /** Fixed-point weights, `stride` for each target px. */
  readonly weights: Int32Array
  readonly stride: number
}

function tapsOf(from: number, to: number, filter: 'bilinear' | 'bicubic'): Taps {
  const kernel = KERNELS[filter]
  const scale = from / to
  const stretch = Math.max(scale, 1)
  const support = kernel.support * stretch
  const stride = Math.ceil(support) * 2 + 1
  const first = new Int32Array(to)
  const count = new Int32Array(to)
  const weights = new Int32Array(to * stride)
  const exact = new Float64Array(stride)
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale
    const low = Math.max(0, Math.trunc(centre - support + 0.5))
    const n = Math.min(from, Math.trunc(centre + support + 0.5)) - low
    let sum = 0
    for (let k = 0; k < n; k++) {
      exact[k] = kernel.weight((k + low - centre + 0.5) * (1 / stretch))
      sum += exact[k]
    }
    for (let k = 0; k < n; k++) {
      const fixed = (exact[k] / sum) * (1 << PRECISION_BITS)
      weights[i * stride + k] = Math.trunc(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
    }
    first[i] = low
    count[i] = n
  }
  return { first, count, weights, stride }
}

function resampleRows(
  raster: Raster,
  width: number,
  filter: 'bilinear' | 'bicubic',
  data: Uint8Array = new Uint8Array(width * raster.height * raster.channels),
): Raster {
  const { channels, height } = raster
  const taps = tapsOf(raster.width, width, filter)
  const resampleRow = channels === 3 ? resampleRgbRow : resampleGreyRow
  for (let y = 0; y < height; y++)
    resampleRow(taps, raster.data, y * raster.width * channels, data, y * width * channels)
  return { width, height, channels, data }
}

function resampleRgbRow(taps: Taps, source: Uint8Array, row: number, data: Uint8Array, out: number): void {
  const { first, count, weights, stride } = taps
  for (let x = 0, o = out; x < first.length; x++, o += 3) {
    const end = x * stride + count[x]
    let s = row + first[x] * 3
    let r = HALF
    let g = HALF
    let b = HALF
    for (let w = x * stride; w < end; w++, s += 3) {
      const weight = weights[w]
      r = (r + imul(source[s], weight)) | 0
      g = (g + imul(source[s + 1], weight)) | 0
      b = (b + imul(source[s + 2], weight)) | 0
    }
    data[o] = clampByte(r >> PRECISION_BITS)
    data[o + 1] = clampByte(g >> PRECISION_BITS)
    data[o + 2] = clampByte(b >> PRECISION_BITS)
  }
}

function resampleGreyRow(taps: Taps, source: Uint8Array, row: number, data: Uint8Array, out: number): void {
  const { first, count, weights, stride } = taps
  for (let x = 0; x < first.length; x++) {
    const end = x * stride + count[x]
    let s = row + first[x]
    let sum = HALF
    for (let w = x * stride; w < end; w++, s++) sum = (sum + imul(source[s], weights[w])) | 0
    data[out + x] = clampByte(sum >> PRECISION_BITS)
  }
}

/** Row by row: each source row is added to the sums of its target row, so memory is walked in order. */
function resampleColumns(raster: Raster, height: number, filter: 'bilinear' | 'bicubic'): Raster {
  const { channels, width, data: source } = raster
  const { first, count, weights, stride } = tapsOf(raster.height, height, filter)
  const length = width * channels
  const data = new Uint8Array(length * height)
  const sums = new Int32Array(length)
  for (let y = 0; y < height; y++) {
    sums.fill(HALF)
    let row = first[y] * length
    let w = y * stride
    const end = w + count[y]
    for (; w + 1 < end; w += 2, row += 2 * length) addRows(sums, source, row, weights[w], weights[w + 1])
    if (w < end) addRows(sums, source, row, weights[w], 0)
    storeRow(sums, data, y * length)
  }
  return { width, height, channels, data }
}

/** Adds two weighted rows at once; the second may lie behind the end where its weight is 0. */
function addRows(sums: Int32Array, source: Uint8Array, row: number, weight: number, weightBelow: number): void {
  const below = weightBelow === 0 ? row : row + sums.length
  for (let i = 0; i < sums.length; i++) {
    sums[i] = (sums[i] + imul(source[row + i], weight) + imul(source[below + i], weightBelow)) | 0
  }
}

function storeRow(sums: Int32Array, data: Uint8Array, out: number): void {
  for (let i = 0; i < sums.length; i++) data[out + i] = clampByte(sums[i] >> PRECISION_BITS)
}

/** The step is added up, not multiplied, as Pillow does: the sums decide ties. */
function nearestIndices(from: number, to: number): Int32Array {
  const step = from / to
  const indices = new Int32Array(to)
  for (let i = 0, at = step * 0.5; i < to; i++, at += step) indices[i] = Math.min(from - 1, Math.trunc(at))
  return indices
}

function resizeNearest(raster: Raster, width: number, height: number): Raster {
  const { channels, data: source } = raster
  const columns = nearestIndices(raster.width, width)
  const rows = nearestIndices(raster.height, height)
  const data = new Uint8Array(width * height * channels)
  let o = 0
  for (let y = 0; y < height; y++) {
    const row = rows[y] * raster.width
    for (let x = 0; x < width; x++) {
      const s = (row + columns[x]) * channels
      for (let c = 0; c < channels; c++) data[o++] = source[s + c]
    }
  }
  return { width, height, channels, data }
}
