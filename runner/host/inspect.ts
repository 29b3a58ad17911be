import type { Source } from '../../artifacts/items.ts'
import { Failure } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import { greyStats } from '../../imaging/stats.ts'
import { decodeMask } from '../../imaging/decode-mask.ts'
import type { Inspection } from './protocol.ts'
import { Renderer } from './render.ts'
import { readFile } from 'node:fs/promises'

/** Decodes a source whole, once: its size and grey statistics, or why it cannot be used. */
export async function inspect(
  source: Source,
  role: 'image' | 'mask',
  files: ReadonlyMap<Digest, string>,
): Promise<Inspection> {
  try {
    return role === 'mask' && source.type === 'file'
      ? await inspectMask(source.digest, files)
      : await inspectImage(source, role, files)
  } catch (error) {
    if (error instanceof Failure) return { diagnostic: error.diagnostic }
    throw error
  }
}

async function inspectImage(
  source: Source,
  role: 'image' | 'mask',
  files: ReadonlyMap<Digest, string>,
): Promise<Inspection> {
  const renderer = new Renderer(files)
  const recipe = { source, operations: [], digest: '' as Digest }
  const raster = role === 'image' ? await renderer.image(recipe) : await renderer.mask(recipe)
  const { mean, deviation } = greyStats(raster)
  return { facts: { width: raster.width, height: raster.height, greyMean: mean, greyDeviation: deviation } }
}

async function inspectMask(digest: Digest, files: ReadonlyMap<Digest, string>): Promise<Inspection> {
  const { mask, rule, intermediate, coverage } = await decodeMask(await readFile(files.get(digest)!))
  const facts = { width: mask.width, height: mask.height, greyMean: 255 * coverage, greyDeviation: 0 }
  if (intermediate)
    return { facts: { ...facts, warning: `grey levels between black and white, read by the rule ${rule}` } }
  if (coverage > 0.5)
    return {
      facts: {
        ...facts,
        warning:
          'marks more than half of the image as defect: set acquire.masks.invert if it is drawn the other way round',
      },
    }
  return { facts }
}
