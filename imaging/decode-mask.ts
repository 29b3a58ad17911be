import { type Raster, rasterOf } from './raster.ts'
import { decodeSamples, type Samples } from './samples.ts'

export interface DecodedMask {
  /** One channel: 255 defect, 0 none. */
  readonly mask: Raster
  /** How the file's values were read, in words for the report. */
  readonly rule: string
  /** Values between 0 and full scale were cut by the threshold: an anti-aliased mask, or one saved as JPEG. */
  readonly intermediate: boolean
  /** Share of the px that are defect, 0..1. */
  readonly coverage: number
}

/** More distinct values than this below half scale are shades, not classes. */
const MAX_CLASSES = 64

/**
 * Decodes a defect mask through its palette, orientation applied. A px counts as its largest channel times alpha, so
 * coloured classes and transparent backgrounds work. Above half of full scale (> 127 of 255) is defect. Where no px of
 * the file gets there, up to 64 different values are class numbers: every one but 0 is defect.
 * Failures: E212, E217.
 */
export async function decodeMask(bytes: Uint8Array): Promise<DecodedMask> {
  const samples = await decodeSamples(bytes, 'keep')
  const full = samples.data instanceof Uint16Array ? 65535 : 255
  const values = strongestChannel(samples, full)
  const present = new Uint8Array(full + 1)
  for (const value of values) present[value] = 1
  const nonZero: number[] = []
  for (let value = 1; value <= full; value++) if (present[value] === 1) nonZero.push(value)

  const half = (full - 1) / 2
  const top = nonZero.at(-1) ?? 0
  const classes = top > 0 && top <= half && nonZero.length <= MAX_CLASSES
  const threshold = classes ? 0 : half
  const data = new Uint8Array(values.length)
  let defects = 0
  for (let i = 0; i < values.length; i++) {
    if (values[i] > threshold) {
      data[i] = 255
      defects++
    }
  }
  return {
    mask: rasterOf(data, samples.width, samples.height, 1),
    rule: describe(nonZero, full, classes),
    intermediate: !classes && nonZero.some((value) => value !== full),
    coverage: defects / values.length,
  }
}

function describe(nonZero: readonly number[], full: number, classes: boolean): string {
  if (nonZero.length === 0) return 'all 0: no defect'
  if (!classes) return `values above ${(full - 1) / 2} are defect`
  return nonZero.length === 1
    ? `values 0 and ${nonZero[0]}: ${nonZero[0]} is defect`
    : `class numbers up to ${nonZero.at(-1)}: all but 0 are defect`
}

function strongestChannel({ channels, data }: Samples, full: number): Uint8Array | Uint16Array {
  const count = data.length / channels
  const values = data instanceof Uint16Array ? new Uint16Array(count) : new Uint8Array(count)
  for (let i = 0, o = 0; i < count; i++, o += channels) {
    const strongest = Math.max(data[o], data[o + 1], data[o + 2])
    values[i] = channels === 4 ? Math.round((strongest * data[o + 3]) / full) : strongest
  }
  return values
}
