import { reflect101 } from './reflect.ts'
import { roundEven } from './round.ts'

const BINS = 256

/**
 * Contrast-limited adaptive histogram equalisation of one 8-bit plane, bit-identical to OpenCV's `CLAHE::apply`
 * (Zuiderveld 1994). `clip` is the limit of a bin as a multiple of the mean bin; `tiles` is their number per axis.
 * A px interpolates between the tables of its four nearest tiles. Where `tiles` does not divide the size, the plane is
 * first extended right and below by reflection.
 */
export function equalizeTiles(
  plane: Uint8Array,
  width: number,
  height: number,
  options: { readonly clip: number; readonly tiles: number },
  out: Uint8Array = new Uint8Array(plane.length),
): Uint8Array {
  const { clip, tiles } = options
  // One axis that does not fit makes OpenCV extend both, the fitting one by a whole `tiles` px.
  const fits = width % tiles === 0 && height % tiles === 0
  const tileWidth = (fits ? width : width + tiles - (width % tiles)) / tiles
  const tileHeight = (fits ? height : height + tiles - (height % tiles)) / tiles
  const tables = new Uint8Array(tiles * tiles * BINS)
  const histogram = new Int32Array(BINS)
  for (let ty = 0; ty < tiles; ty++) {
    for (let tx = 0; tx < tiles; tx++) {
      histogram.fill(0)
      for (let y = ty * tileHeight; y < (ty + 1) * tileHeight; y++) {
        const row = reflect101(y, height) * width
        const end = (tx + 1) * tileWidth
        for (let x = tx * tileWidth; x < end; x++) histogram[plane[row + (x < width ? x : reflect101(x, width))]]++
      }
      limitBins(histogram, clip, tileWidth * tileHeight)
      fillTable(tables.subarray((ty * tiles + tx) * BINS), histogram, tileWidth * tileHeight)
    }
  }
  interpolate(plane, width, height, { tables, tiles, tileWidth, tileHeight }, out)
  return out
}

/** What exceeds the limit is spread evenly; the rest goes one each to equally spaced bins from 0. */
function limitBins(histogram: Int32Array, clip: number, area: number): void {
  const limit = Math.max(1, Math.floor((clip * area) / BINS))
  let excess = 0
  for (let i = 0; i < BINS; i++) {
    if (histogram[i] <= limit) continue
    excess += histogram[i] - limit
    histogram[i] = limit
  }
  const each = Math.floor(excess / BINS)
  let rest = excess - each * BINS
  for (let i = 0; i < BINS; i++) histogram[i] += each
  if (rest === 0) return
  const step = Math.max(Math.floor(BINS / rest), 1)
  for (let i = 0; i < BINS && rest > 0; i += step, rest--) histogram[i]++
}

function fillTable(table: Uint8Array, histogram: Int32Array, area: number): void {
  const scale = Math.fround((BINS - 1) / area)
  let sum = 0
  for (let i = 0; i < BINS; i++) {
    sum += histogram[i]
    table[i] = Math.min(255, roundEven(Math.fround(sum * scale)))
  }
}

interface Tiling {
  readonly tables: Uint8Array
  readonly tiles: number
  readonly tileWidth: number
  readonly tileHeight: number
}

interface Neighbours {
  /** Number of the tile left of or above each px, and of the one right of or below it. */
  readonly low: Int32Array
  readonly high: Int32Array
  /** Weight of `high`, in single precision as OpenCV has it. */
  readonly weight: Float32Array
}

function neighbours(length: number, tileLength: number, tiles: number): Neighbours {
  const inverse = Math.fround(1 / tileLength)
  const low = new Int32Array(length)
  const high = new Int32Array(length)
  const weight = new Float32Array(length)
  for (let i = 0; i < length; i++) {
    const at = Math.fround(Math.fround(i * inverse) - 0.5)
    const tile = Math.floor(at)
    low[i] = Math.max(tile, 0)
    high[i] = Math.min(tile + 1, tiles - 1)
    weight[i] = at - tile
  }
  return { low, high, weight }
}

function interpolate(plane: Uint8Array, width: number, height: number, tiling: Tiling, target: Uint8Array): void {
  const { tables, tiles, tileWidth, tileHeight } = tiling
  const exact = isExact(tiling)
  const columns = neighbours(width, tileWidth, tiles)
  const rows = neighbours(height, tileHeight, tiles)
  const out = new Uint8ClampedArray(target.buffer, target.byteOffset, target.length) // rounds ties to even, as OpenCV does
  for (let y = 0; y < height; y++) {
    const above = rows.low[y] * tiles
    const below = rows.high[y] * tiles
    for (let start = 0; start < width; ) {
      const left = columns.low[start]
      const right = columns.high[start]
      let end = start + 1
      while (end < width && columns.low[end] === left && columns.high[end] === right) end++
      const corners = [above + left, above + right, below + left, below + right].map((tile) => tile * BINS)
      const run = { plane, out, at: y * width, start, end, right: columns.weight, down: rows.weight[y] }
      if (exact) blendRunExact(tables, corners, run, tiling)
      else blendRun(tables, corners, run)
      start = end
    }
  }
}

interface Run {
  readonly plane: Uint8Array
  readonly out: Uint8ClampedArray
  /** Place of the row's first px. */
  readonly at: number
  readonly start: number
  readonly end: number
  /** Weights of the tables on the right, by x; of those below, for the row. */
  readonly right: Float32Array
  readonly down: number
}

/** The px of one row that lie between the same four tile centres, in single precision as OpenCV computes them. */
function blendRun(tables: Uint8Array, corners: readonly number[], run: Run): void {
  const { plane, out, at, start, end, right, down } = run
  const [aboveLeft, aboveRight, belowLeft, belowRight] = corners
  const single = Math.fround
  const up = single(1 - down)
  for (let x = start; x < end; x++) {
    const level = plane[at + x]
    const toRight = right[x]
    const toLeft = single(1 - toRight)
    const top = single(single(tables[aboveLeft + level] * toLeft) + single(tables[aboveRight + level] * toRight))
    const bottom = single(single(tables[belowLeft + level] * toLeft) + single(tables[belowRight + level] * toRight))
    out[at + x] = single(single(top * up) + single(bottom * down))
  }
}

const { imul } = Math

/**
 * The same where both tile sides are powers of two: then every product is exact in single precision, and whole numbers
 * give the same result in a third of the time. Weights are in units of 1 / tile side.
 */
function blendRunExact(tables: Uint8Array, corners: readonly number[], run: Run, tiling: Tiling): void {
  const { plane, out, at, start, end, right } = run
  const [aboveLeft, aboveRight, belowLeft, belowRight] = corners
  const { tileWidth, tileHeight } = tiling
  const down = (run.down * tileHeight) | 0
  const up = tileHeight - down
  const shift = Math.log2(tileWidth) + Math.log2(tileHeight)
  const belowHalf = (1 << (shift - 1)) - 1
  // Weights grow by one a px along the run.
  let toRight = (right[start] * tileWidth) | 0
  for (let x = start; x < end; x++, toRight++) {
    const level = plane[at + x]
    const toLeft = tileWidth - toRight
    const top = imul(tables[aboveLeft + level], toLeft) + imul(tables[aboveRight + level], toRight)
    const bottom = imul(tables[belowLeft + level], toLeft) + imul(tables[belowRight + level], toRight)
    const sum = imul(top, up) + imul(bottom, down)
    out[at + x] = (sum + belowHalf + ((sum >> shift) & 1)) >> shift // ties to even
  }
}

/** 8 bits of a table entry and the weights of both axes must fit the 24 bits of a single-precision number. */
function isExact({ tileWidth, tileHeight }: Tiling): boolean {
  const isPower = (n: number): boolean => n >= 2 && (n & (n - 1)) === 0
  return isPower(tileWidth) && isPower(tileHeight) && tileWidth * tileHeight <= 2 ** 16
}
