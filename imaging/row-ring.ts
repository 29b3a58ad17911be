import type { Raster } from './raster.ts'
import { reflect101 } from './reflect.ts'

const { imul } = Math

/** Weighted sums of one row along x: reads the padded row, writes `length` sums at `at`. */
export type SumAlongX = (padded: Uint8Array, channels: number, sums: Uint16Array, at: number) => void

/** Weighs five rows of sums into row `y`; `rows` are their places in `sums`, from y - 2 to y + 2. */
export type SumAlongY = (sums: Uint16Array, rows: readonly number[], y: number) => void

/**
 * Runs a separable 5 x 5 neighbourhood over a raster, border reflect-101: every row is summed along x once, and every
 * row of the result sees the five sums around it. A row is read before a row at or below it is written, so the result
 * may go into the raster's own memory.
 */
export function slideRows(raster: Raster, sumAlongX: SumAlongX, sumAlongY: SumAlongY): void {
  const length = imul(raster.width, raster.channels)
  const ring: Ring = {
    raster,
    length,
    padded: new Uint8Array(length + imul(4, raster.channels)),
    sums: new Uint16Array(5 * length),
    sumAlongX,
    sumAlongY,
  }
  // Bands, not one loop: V8 replaces a function that loops for long while it runs, by code half as fast as what it makes
  // of a function that is called often.
  for (let y = -2; y < raster.height + 2; y += BAND_ROWS) {
    slideBand(ring, y, Math.min(raster.height + 2, y + BAND_ROWS))
  }
}

const BAND_ROWS = 32

interface Ring {
  readonly raster: Raster
  /** Samples a row. */
  readonly length: number
  readonly padded: Uint8Array
  /**
   * Five rows in one array, since five arrays would run the inner loops out of registers; row y lies at place
   * (y + 2) % 5. 255 times weights that sum to 256 at most fits.
   */
  readonly sums: Uint16Array
  readonly sumAlongX: SumAlongX
  readonly sumAlongY: SumAlongY
}

function slideBand({ raster, length, padded, sums, sumAlongX, sumAlongY }: Ring, from: number, to: number): void {
  const { height, channels } = raster
  const place = (y: number): number => imul((y + 2) % 5, length)
  for (let y = from; y < to; y++) {
    const mirrored = reflect101(y, height)
    if (y >= height) {
      sums.copyWithin(place(y), place(mirrored), place(mirrored) + length)
    } else {
      padRow(raster, mirrored, padded)
      sumAlongX(padded, channels, sums, place(y))
    }
    if (y >= 2) sumAlongY(sums, [place(y - 4), place(y - 3), place(y - 2), place(y - 1), place(y)], y - 2)
  }
}

/** Copies one row between two mirrored px on either side. */
function padRow({ width, channels, data }: Raster, row: number, padded: Uint8Array): void {
  const start = row * width * channels
  padded.set(data.subarray(start, start + width * channels), 2 * channels)
  for (const x of [-2, -1, width, width + 1]) {
    for (let c = 0; c < channels; c++) {
      padded[(x + 2) * channels + c] = data[start + reflect101(x, width) * channels + c]
    }
  }
}
