import { blankRaster, type Raster } from './raster.ts'

/** `horizontal` swaps left and right, `vertical` top and bottom. */
export function flip(raster: Raster, axis: 'horizontal' | 'vertical'): Raster {
  const { width, height } = raster
  return axis === 'horizontal'
    ? gather(raster, width, height, { x0: width - 1, xx: -1, xy: 0, y0: 0, yx: 0, yy: 1 })
    : gather(raster, width, height, { x0: 0, xx: 1, xy: 0, y0: height - 1, yx: 0, yy: -1 })
}

/** Turns counter-clockwise without loss; 90 and 270 degrees swap width and height. */
export function rotateExact(raster: Raster, degrees: 90 | 180 | 270): Raster {
  const { width, height } = raster
  switch (degrees) {
    case 90:
      return gather(raster, height, width, { x0: width - 1, xx: 0, xy: -1, y0: 0, yx: 1, yy: 0 })
    case 180:
      return gather(raster, width, height, { x0: width - 1, xx: -1, xy: 0, y0: height - 1, yx: 0, yy: -1 })
    case 270:
      return gather(raster, height, width, { x0: 0, xx: 0, xy: 1, y0: height - 1, yx: -1, yy: 0 })
  }
}

/**
 * The affine warp about (w/2, h/2) with black fill that the thesis uses (OpenCV's getRotationMatrix2D + warpAffine): the
 * size stays, and the content lies one px off, so 90 degrees leave the first row black, 180 the first row and column,
 * 270 the first column. Where width + height is odd, 90 and 270 fall between four px and take their mean.
 */
export function rotateWarp(raster: Raster, degrees: 90 | 180 | 270): Raster {
  const { width, height } = raster
  const sum = (width + height) / 2
  const difference = (width - height) / 2
  switch (degrees) {
    case 90:
      return gather(raster, width, height, { x0: sum, xx: 0, xy: -1, y0: -difference, yx: 1, yy: 0 })
    case 180:
      return gather(raster, width, height, { x0: width, xx: -1, xy: 0, y0: height, yx: 0, yy: -1 })
    case 270:
      return gather(raster, width, height, { x0: difference, xx: 0, xy: 1, y0: sum, yx: -1, yy: 0 })
  }
}

/** The source place of target px (x, y): (x0 + xx x + xy y, y0 + yx x + yy y); the offsets may be half a px. */
interface Walk {
  readonly x0: number
  readonly xx: number
  readonly xy: number
  readonly y0: number
  readonly yx: number
  readonly yy: number
}

function gather(raster: Raster, width: number, height: number, walk: Walk): Raster {
  const { channels, data: source } = raster
  const out = blankRaster(width, height, channels)
  const between = !Number.isInteger(walk.x0)
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sx = walk.x0 + walk.xx * x + walk.xy * y
      const sy = walk.y0 + walk.yx * x + walk.yy * y
      for (let c = 0; c < channels; c++, o++) {
        if (between) {
          out.data[o] = meanOfFour(raster, Math.floor(sx), Math.floor(sy), c)
        } else if (sx >= 0 && sy >= 0 && sx < raster.width && sy < raster.height) {
          out.data[o] = source[(sy * raster.width + sx) * channels + c]
        }
      }
    }
  }
  return out
}

function meanOfFour({ width, height, channels, data }: Raster, x: number, y: number, channel: number): number {
  const at = (px: number, py: number): number =>
    px < 0 || py < 0 || px >= width || py >= height ? 0 : data[(py * width + px) * channels + channel]
  const sum = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)
  return (sum + 1 + ((sum >> 2) & 1)) >> 2 // ties to even
}
