import { seededRandom } from '../../base/random.ts'
import { type Raster, rasterOf } from '../raster.ts'
import type { Scene } from './scene.ts'

/** One shot: what the camera does to linear light. */
export interface Camera {
  readonly exposure: number
  /** Loss of light in the corners. */
  readonly vignetting: number
  /** Deviation of the sensor noise in grey levels, per channel on top of what all channels share. */
  readonly noise: number
}

export function cameraOf({ seed, part, pose, zoom }: Scene): Camera {
  const random = seededRandom(seed, 'synthetic/camera', part, pose, zoom)
  return {
    exposure: random.uniform(0.84, 1.16),
    vignetting: random.uniform(0.16, 0.26),
    noise: random.uniform(1.1, 1.9),
  }
}

/** Tone curve: the square root, near the usual 1 / 2.2. Linear light (1 = white) to grey levels 0 .. 255, not rounded. */
export const tone = (light: number): number => (light >= 1 ? 255 : 255 * Math.sqrt(light))

/** Linear RGB to an 8-bit picture: lens blur (1 2 1) / 4 per axis, vignetting, exposure, tone curve, noise. */
export function develop(linear: Float32Array, camera: Camera, scene: Scene): Raster {
  const { size } = scene
  const data = new Uint8Array(size * size * 3)
  const random = seededRandom(scene.seed, 'synthetic/noise', scene.part, scene.pose, scene.zoom)
  const width = size * 3
  const column = new Float32Array(width + 6)
  const perBits = camera.noise / 148
  const perPair = camera.noise / 240
  const corner = 2 / (size * size)
  for (let row = 0, o = 0; row < size; row++) {
    const at = row * width
    const above = row > 0 ? at - width : at
    const below = row + 1 < size ? at + width : at
    for (let i = 0; i < width; i++) column[i + 3] = linear[above + i] + 2 * linear[at + i] + linear[below + i]
    for (let c = 0; c < 3; c++) {
      column[c] = column[c + 3]
      column[width + 3 + c] = column[width + c]
    }
    const dy = row + 0.5 - size / 2
    for (let x = 0; x < size; x++) {
      const dx = x + 0.5 - size / 2
      const gain = (camera.exposure * (1 - camera.vignetting * (dx * dx + dy * dy) * corner)) / 16
      // Four bytes of one draw: their sum is near a normal distribution, deviation 148.
      const bits = random.below(4294967296)
      const a = bits & 255
      const b = (bits >>> 8) & 255
      const c = (bits >>> 16) & 255
      const d = bits >>> 24
      const shared = (a + b + c + d - 510) * perBits + 0.5
      const at = 3 * x
      data[o++] = level((column[at] + 2 * column[at + 3] + column[at + 6]) * gain, shared + (a - b) * perPair)
      data[o++] = level((column[at + 1] + 2 * column[at + 4] + column[at + 7]) * gain, shared + (b - c) * perPair)
      data[o++] = level((column[at + 2] + 2 * column[at + 5] + column[at + 8]) * gain, shared + (c - d) * perPair)
    }
  }
  return rasterOf(data, size, size, 3)
}

/** A grey level; storing it cuts off the fraction, so `noise` carries the half that rounds. */
function level(light: number, noise: number): number {
  const value = tone(light) + noise
  return value < 0 ? 0 : value > 255 ? 255 : value
}
