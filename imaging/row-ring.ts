import type { Raster } from './raster.ts'
import { reflect101 } from './reflect.ts'

const { imul } = Math

/** Weighted sums of one row along x: reads the padded row, writes `length` sums at `at`. */
export type SumAlongX = (padded: Uint8Array, channels: number, sums: Int32Array, at: number) => void

/** Weighs five rows of sums into row `y`; `rows` are their places in `sums`, from y - 2 to y + 2. */
export type SumAlongY = (sums: Int32Array, rows: readonly number[], y: number) => void

/**
 * Runs a separable 5 x 5 neighbourhood over a raster, border reflect-101: every row is summed along x once, and every
 * row of the result sees the five sums around it. A row is read before a row at or below it is written, so the result
 * may go into the raster's own memory.
 */
export function slideRows(raster: Raster, sumAlongX: SumAlongX, sumAlongY: SumAlongY): void {
  const { width, height, channels } = raster
  const length = imul(width, channels)
  const padded = new Uint8Array(length + imul(4, channels))
  // One array for all five: five arrays would run the inner loops out of registers. Row y lies at place (y + 2) % 5.
  const sums = new Int32Array(5 * length)
  const place = (y: number): number => imul((y + 2) % 5, length)
  for (let y = -2; y < height + 2; y++) {
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
