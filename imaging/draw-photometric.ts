import type { Random } from '../base/random.ts'
import type { Operation, Rotate } from './operations.ts'

export type PhotometricPreset = 'thesis' | 'thesis-readme'

/** Where the thesis' code and its README differ, the preset says which of the two. */
const BLUR: Readonly<
  Record<PhotometricPreset, { readonly probability: number; readonly sizes: readonly (3 | 4 | 5)[] }>
> = {
  thesis: { probability: 0.3, sizes: [3, 5] },
  'thesis-readme': { probability: 0.2, sizes: [3, 4, 5] },
}
const NOISE_LEVELS = [10, 5, 2]
const ANGLES = [90, 180, 270] as const

/**
 * Draws the steps of one augmented copy (Hruška 2025, the table of photometric and geometric augmentations): each step
 * independently with its own probability, in a fixed order; where none is drawn (5.1 % of the copies), noise. Parameters
 * carry four decimals. The README names Gaussian noise without a width, so its preset draws uniform noise as the code does.
 */
export function drawPhotometric(
  random: Random,
  preset: PhotometricPreset,
  rotate: Rotate['mode'],
  noiseSeed: string,
): Operation[] {
  const happens = (probability: number): boolean => random.next() < probability
  const between = (low: number, high: number): number => Math.round(random.uniform(low, high) * 1e4) / 1e4
  const one = <T>(values: readonly T[]): T => values[random.below(values.length)]
  const noise = (): Operation => ({ op: 'noise', version: 1, level: one(NOISE_LEVELS), seed: noiseSeed })

  const steps: Operation[] = []
  if (happens(0.3)) steps.push({ op: 'gamma', version: 1, g: between(0.7, 1.25) })
  if (happens(0.3)) steps.push({ op: 'gain', version: 1, factor: between(0.8, 1.05) }) // brightness
  if (happens(0.3)) steps.push({ op: 'gain', version: 1, factor: between(0.8, 1.2) }) // contrast
  if (happens(BLUR[preset].probability)) steps.push({ op: 'blur', version: 1, size: one(BLUR[preset].sizes) })
  if (happens(0.3)) steps.push(noise())
  if (happens(0.4)) steps.push({ op: 'flip', version: 1, axis: 'horizontal' })
  if (happens(0.4)) steps.push({ op: 'flip', version: 1, axis: 'vertical' })
  if (happens(0.15)) steps.push({ op: 'rotate', version: 1, degrees: one(ANGLES), mode: rotate })
  return steps.length > 0 ? steps : [noise()]
}
