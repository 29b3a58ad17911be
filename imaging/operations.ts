import { unreachable } from '../base/unreachable.ts'
import { blurBinomial } from './blur.ts'
import { clahe, gain, gainCurve, gamma, gammaCurve, unsharp } from './enhance.ts'
import { addNoise } from './noise.ts'
import { flip, rotateExact, rotateWarp } from './orient.ts'
import type { Raster } from './raster.ts'

// Plain data, so that a recipe can be hashed, stored and sent. A version rises when an operation gives other px.

/** Contrast-limited equalisation of the lightness: `clip` as a multiple of the mean bin, `tiles` per axis. */
export type Clahe = { readonly op: 'clahe'; readonly version: 1; readonly clip: number; readonly tiles: number }
/** floor(255 (i/255)^(1/g)). */
export type Gamma = { readonly op: 'gamma'; readonly version: 1; readonly g: number }
/** clip(I + amount (I - G)), G a 5 x 5 Gaussian of sigma 1. */
export type Unsharp = { readonly op: 'unsharp'; readonly version: 1; readonly amount: number }
/** clip(round(factor I)). */
export type Gain = { readonly op: 'gain'; readonly version: 1; readonly factor: number }
/** Binomial blur of that many px per axis. */
export type Blur = { readonly op: 'blur'; readonly version: 1; readonly size: 3 | 4 | 5 }
/** Uniform whole numbers in -level..level per px and channel. */
export type Noise = { readonly op: 'noise'; readonly version: 1; readonly level: number; readonly seed: string }
export type Flip = { readonly op: 'flip'; readonly version: 1; readonly axis: 'horizontal' | 'vertical' }
/** Counter-clockwise; `exact` moves px, `warp` repeats the thesis' one-px shift. */
export type Rotate = {
  readonly op: 'rotate'
  readonly version: 1
  readonly degrees: 90 | 180 | 270
  readonly mode: 'exact' | 'warp'
}
/** Black and white change places: for masks that are drawn the other way round. */
export type Invert = { readonly op: 'invert'; readonly version: 1 }

/** One step of an image's recipe. */
export type Operation = Clahe | Gamma | Unsharp | Gain | Blur | Noise | Flip | Rotate | Invert

/** Runs the steps in order. The raster itself is left as it is. */
export function applyOperations(raster: Raster, operations: readonly Operation[]): Raster {
  let current = raster
  for (let i = 0; i < operations.length; i++) {
    const operation = operations[i]
    // The first step makes new memory, later ones work in it.
    const target = current === raster ? undefined : current.data
    const curve = operation.op === 'clahe' ? curveOf(operations.at(i + 1)) : undefined
    if (operation.op === 'clahe' && curve !== undefined) {
      current = clahe(current, operation, target, curve)
      i++ // the curve was the next step
    } else {
      current = apply(current, operation, target)
    }
  }
  return current
}

/** The table of a step that is one; CLAHE applies it at no cost. */
function curveOf(operation: Operation | undefined): Uint8Array | undefined {
  if (operation?.op === 'gamma') return gammaCurve(operation.g)
  if (operation?.op === 'gain') return gainCurve(operation.factor)
  return undefined
}

/** The same steps for a mask: geometry moves it, `invert` turns it round, all else leaves it; values stay 0 or 255. */
export function applyToMask(mask: Raster, operations: readonly Operation[]): Raster {
  let current = mask
  for (const operation of operations) {
    if (!concernsMasks(operation)) continue
    const moved = apply(current, operation, undefined)
    current = { ...moved, data: moved.data.map((value) => (value > 127 ? 255 : 0)) }
  }
  return current
}

const concernsMasks = ({ op }: Operation): boolean => op === 'flip' || op === 'rotate' || op === 'invert'

function apply(raster: Raster, operation: Operation, target: Uint8Array | undefined): Raster {
  switch (operation.op) {
    case 'clahe':
      return clahe(raster, operation, target)
    case 'gamma':
      return gamma(raster, operation.g, target)
    case 'unsharp':
      return unsharp(raster, operation.amount, target)
    case 'gain':
      return gain(raster, operation.factor, target)
    case 'blur':
      return blurBinomial(raster, operation.size, target)
    case 'noise':
      return addNoise(raster, operation, target)
    case 'invert':
      return { ...raster, data: raster.data.map((value) => 255 - value) }
    case 'flip':
      return flip(raster, operation.axis)
    case 'rotate':
      return operation.mode === 'exact' ? rotateExact(raster, operation.degrees) : rotateWarp(raster, operation.degrees)
    default:
      return unreachable(operation)
  }
}
