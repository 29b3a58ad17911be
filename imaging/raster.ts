/** An image in memory: rows from the top, px left to right, channels interleaved (RGB or one), 8 bits a sample. */
export interface Raster {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Length `width * height * channels`. */
  readonly data: Uint8Array
}

/** A raster over existing samples (not copied). A length that does not fit the size is a bug of the caller. */
export function rasterOf(data: Uint8Array, width: number, height: number, channels: 1 | 3): Raster {
  if (data.length !== width * height * channels) {
    throw new RangeError(`${data.length} samples do not fill ${width} x ${height} x ${channels}`)
  }
  return { width, height, channels, data }
}

/** A raster of one colour; black where none is given. */
export function blankRaster(width: number, height: number, channels: 1 | 3, colour: readonly number[] = []): Raster {
  const data = new Uint8Array(width * height * channels)
  if (colour.some((sample) => sample !== 0)) {
    for (let i = 0; i < data.length; i++) data[i] = colour[i % channels]
  }
  return { width, height, channels, data }
}

/** One channel repeated three times; a raster of three channels comes back as it is. */
export function toRgb(raster: Raster): Raster {
  if (raster.channels === 3) return raster
  const data = new Uint8Array(raster.data.length * 3)
  for (let i = 0, o = 0; i < raster.data.length; i++) {
    const grey = raster.data[i]
    data[o++] = grey
    data[o++] = grey
    data[o++] = grey
  }
  return { ...raster, channels: 3, data }
}
