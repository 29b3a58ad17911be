import { clampTo } from './clamp.ts'
import { roundEven } from './round.ts'

/**
 * CIE L*a*b* in 8 bits, bit-identical to OpenCV's COLOR_BGR2Lab and COLOR_Lab2BGR (sRGB, D65): L is scaled by 255/100,
 * a and b are shifted by 128. All of it is integer arithmetic over tables, checked over all 2^24 colours each way.
 */

const LINEAR_ONE = 255 * 8 // linear light 1.0 in the forward tables
const CUBE_ROOT_ENTRIES = 256 * 12 // up to linear 1.5
const FORWARD_BITS = 12
const F_BITS = 15 // of f(X), f(Y), f(Z)
const F_ONE = 1 << F_BITS
const BACKWARD_ONE = 1 << 14
const BACKWARD_BITS = 14
const DISPLAY_ENTRIES = 4096
const MIN_F = -8145 // least f(X) or f(Z) that 8-bit a and b can lead to
const F_ENTRIES = (BACKWARD_ONE * 9) / 4

// ITU-R BT.709 primaries with the D65 white point.
const WHITE = [0.950456, 1, 1.088754]
const TO_XYZ = [0.412453, 0.35758, 0.180423, 0.212671, 0.71516, 0.072169, 0.019334, 0.119193, 0.950227]
const FROM_XYZ = [3.240479, -1.53715, -0.498535, -0.969256, 1.875991, 0.041556, 0.055648, -0.204043, 1.057311]

export interface LabTables {
  /** sRGB sample -> linear light, 0..2040. */
  readonly linear: Uint16Array
  /** Linear light, 0..3071 -> f, 15 bits (CIE 15, the cube root with its linear foot). */
  readonly cubeRoot: Uint16Array
  /** L -> Y, 14 bits. */
  readonly luminance: Int32Array
  /** L -> f(Y), 14 bits. */
  readonly lightness: Int32Array
  /** f - MIN_F -> X or Z, 14 bits. */
  readonly cube: Int32Array
  /** Linear light, 12 bits -> sRGB sample. */
  readonly display: Uint8Array
  /** Row by row: X, Y, Z of white 1.0 from linear R, G, B. */
  readonly forward: Int32Array
  /** Row by row: linear R, G, B from X, Y, Z. */
  readonly backward: Int32Array
}

const single = Math.fround

/** To single precision, towards zero: OpenCV's own cube root does not round its last bit. */
function cut(x: number): number {
  const rounded = single(x)
  return rounded > x ? rounded - 2 ** (Math.floor(Math.log2(x)) - 23) : rounded
}

const toLinear = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
const toDisplay = (x: number): number => (x <= 0.0031308 ? x * 12.92 : x ** (1 / 2.4) * 1.055 - 0.055)

let tables: LabTables | undefined

/** The tables, built on first use (1 ms). */
export function labTables(): LabTables {
  tables ??= buildTables()
  return tables
}

function buildTables(): LabTables {
  const fThreshold = single(216 / 24389)
  const fSlope = single(841 / 108)
  const fBias = single(16 / 116)
  const f = (x: number): number => (x < fThreshold ? single(x * fSlope + fBias) : cut(Math.cbrt(x)))
  const step = single(1 / LINEAR_ONE)
  return {
    linear: Uint16Array.from({ length: 256 }, (_, i) =>
      roundEven(single(LINEAR_ONE * single(toLinear(single(i / 255))))),
    ),
    cubeRoot: Uint16Array.from({ length: CUBE_ROOT_ENTRIES }, (_, i) => roundEven(F_ONE * f(single(step * i)))),
    luminance: Int32Array.from({ length: 256 }, (_, i) => luminanceOf(i)),
    lightness: Int32Array.from({ length: 256 }, (_, i) => lightnessOf(i)),
    cube: Int32Array.from({ length: F_ENTRIES }, (_, i) => cubeOf(i + MIN_F)),
    display: Uint8Array.from({ length: DISPLAY_ENTRIES }, (_, i) =>
      roundEven(single(255 * single(toDisplay(i / DISPLAY_ENTRIES)))),
    ),
    forward: Int32Array.from(TO_XYZ, (value, i) => roundEven((value * (1 << FORWARD_BITS)) / WHITE[Math.floor(i / 3)])),
    backward: Int32Array.from(FROM_XYZ, (value, i) => roundEven(value * (1 << FORWARD_BITS) * WHITE[i % 3])),
  }
}

/** Below L = 8 (20 of 255) the cube root has its linear foot. */
const FOOT = 20

function luminanceOf(level: number): number {
  if (level <= FOOT) return roundEven(single(single(level * BACKWARD_ONE * 180) / (17 * 29 ** 3)))
  const y = lightnessExact(level)
  return roundEven(single(single(single(y * y) * y) / BACKWARD_ONE ** 2))
}

function lightnessOf(level: number): number {
  if (level > FOOT) return roundEven(lightnessExact(level))
  return roundEven(single(BACKWARD_ONE * single(single(16 / 116) + single((level * 5) / (3 * 17 * 29)))))
}

const lightnessExact = (level: number): number =>
  single(single(single(level * 100 * BACKWARD_ONE) / (255 * 116)) + single((16 * BACKWARD_ONE) / 116))

function cubeOf(f: number): number {
  if (f <= 3390) {
    const bias = Math.trunc((Math.trunc((BACKWARD_ONE * 16) / 116) * 108) / 841)
    return Math.trunc((f * 108) / 841) - bias
  }
  return Math.trunc((Math.trunc((f * f) / BACKWARD_ONE) * f) / BACKWARD_ONE)
}

const F_HALF = 1 << (F_BITS - 1)
const L_SCALE = Math.trunc((116 * 255 + 50) / 100)
const L_SHIFT = -Math.trunc((16 * 255 * F_ONE + 50) / 100)
const FORWARD_HALF = 1 << (FORWARD_BITS - 1)
const BACKWARD_HALF = 1 << (BACKWARD_BITS - 1)
const A_STEP = 5 * 53687 // 2^14 / 500, 13 bits
const B_STEP = 41943 // 2^14 / 200, 9 bits
const A_ZERO = Math.trunc((128 * BACKWARD_ONE) / 500)
const B_ZERO = Math.trunc((128 * BACKWARD_ONE) / 200) - 1

/** The three planes of an RGB image. */
export interface LabPlanes {
  readonly l: Uint8Array
  readonly a: Uint8Array
  readonly b: Uint8Array
}

const { imul } = Math

export const newPlanes = (count: number): LabPlanes => ({
  l: new Uint8Array(count),
  a: new Uint8Array(count),
  b: new Uint8Array(count),
})

/**
 * Px a call of a kernel. V8 replaces a function that loops for long while it runs, by code half as fast as what it makes
 * of a function that is called often; so the kernels are called often.
 */
const CHUNK = 4096

/** Interleaved RGB to planes of L, a, b; `into` is filled and returned. */
export function rgbToLab(rgb: Uint8Array, into: LabPlanes = newPlanes(rgb.length / 3)): LabPlanes {
  const count = into.l.length
  for (let at = 0; at < count; at += CHUNK) forwardChunk(labTables(), rgb, into, at, Math.min(count, at + CHUNK))
  return into
}

/**
 * Planes of L, a, b to interleaved RGB, into `rgb`; colours outside sRGB are clipped. `curve`, 256 entries, is applied
 * to every sample of the result at no cost, since the last step is a table already.
 */
export function labToRgb(
  planes: LabPlanes,
  rgb: Uint8Array = new Uint8Array(planes.l.length * 3),
  curve?: Uint8Array,
): Uint8Array {
  const plain = labTables()
  const tables = curve === undefined ? plain : { ...plain, display: plain.display.map((sample) => curve[sample]) }
  const count = planes.l.length
  for (let at = 0; at < count; at += CHUNK) backwardChunk(tables, planes, rgb, at, Math.min(count, at + CHUNK))
  return rgb
}

function forwardChunk(tables: LabTables, rgb: Uint8Array, { l, a, b }: LabPlanes, from: number, to: number): void {
  const { linear, cubeRoot, forward } = tables
  // One by one: destructured through an iterator they would lose their type.
  const xr = forward[0]
  const xg = forward[1]
  const xb = forward[2]
  const yr = forward[3]
  const yg = forward[4]
  const yb = forward[5]
  const zr = forward[6]
  const zg = forward[7]
  const zb = forward[8]
  for (let i = from, s = imul(from, 3); i < to; i++, s += 3) {
    const red = linear[rgb[s]]
    const green = linear[rgb[s + 1]]
    const blue = linear[rgb[s + 2]]
    const fx = cubeRoot[(imul(red, xr) + imul(green, xg) + imul(blue, xb) + FORWARD_HALF) >> FORWARD_BITS]
    const fy = cubeRoot[(imul(red, yr) + imul(green, yg) + imul(blue, yb) + FORWARD_HALF) >> FORWARD_BITS]
    const fz = cubeRoot[(imul(red, zr) + imul(green, zg) + imul(blue, zb) + FORWARD_HALF) >> FORWARD_BITS]
    // No colour of sRGB leaves 0..255 here, so nothing is clipped.
    l[i] = (imul(L_SCALE, fy) + L_SHIFT + F_HALF) >> F_BITS
    a[i] = (imul(500, fx - fy) + 128 * F_ONE + F_HALF) >> F_BITS
    b[i] = (imul(200, fy - fz) + 128 * F_ONE + F_HALF) >> F_BITS
  }
}

function backwardChunk(tables: LabTables, { l, a, b }: LabPlanes, rgb: Uint8Array, from: number, to: number): void {
  const { luminance, lightness, cube, display, backward } = tables
  const rx = backward[0]
  const ry = backward[1]
  const rz = backward[2]
  const gx = backward[3]
  const gy = backward[4]
  const gz = backward[5]
  const bx = backward[6]
  const by = backward[7]
  const bz = backward[8]
  for (let i = from, o = imul(from, 3); i < to; i++, o += 3) {
    const y = luminance[l[i]]
    const fy = lightness[l[i]]
    const x = cube[fy + ((imul(a[i], A_STEP) + 128) >> 13) - A_ZERO - MIN_F]
    const z = cube[fy - ((imul(b[i], B_STEP) + 16) >> 9) + B_ZERO - MIN_F]
    const red = (imul(rx, x) + imul(ry, y) + imul(rz, z) + BACKWARD_HALF) >> BACKWARD_BITS
    const green = (imul(gx, x) + imul(gy, y) + imul(gz, z) + BACKWARD_HALF) >> BACKWARD_BITS
    const blue = (imul(bx, x) + imul(by, y) + imul(bz, z) + BACKWARD_HALF) >> BACKWARD_BITS
    rgb[o] = display[clampTo(red, DISPLAY_ENTRIES - 1)]
    rgb[o + 1] = display[clampTo(green, DISPLAY_ENTRIES - 1)]
    rgb[o + 2] = display[clampTo(blue, DISPLAY_ENTRIES - 1)]
  }
}
