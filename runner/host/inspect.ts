import type { ImageFacts, Picture, Source } from '../../artifacts/items.ts'
import { Failure } from '../../base/diagnostic.ts'
import { type Digest, digestBytes, digestValue } from '../../base/digest.ts'
import { decodeImage, decodeMask } from '../../imaging/decode.ts'
import type { Raster } from '../../imaging/raster.ts'
import { greyStats } from '../../imaging/stats.ts'
import type { Inspection } from './protocol.ts'
import { readSource, Renderer } from './render.ts'

type Role = 'image' | 'mask'

/**
 * Decodes a source whole, once: its size and grey statistics, or why it cannot be used. Rejects for a file that is gone
 * or changed, since that says nothing about the content it was.
 */
export async function inspect(source: Source, role: Role, files: ReadonlyMap<Digest, string>): Promise<Inspection> {
  if (source.type !== 'file') return inspected(await rendered(source, role), role)
  const bytes = await readSource(source.digest, files)
  try {
    return role === 'mask' ? await inspectMask(bytes) : inspected(await decodeImage(bytes), role)
  } catch (error) {
    if (error instanceof Failure) return { diagnostic: error.diagnostic }
    throw new Error(`decoding ${files.get(source.digest) ?? source.digest} failed: ${String(error)}`, { cause: error })
  }
}

function rendered(source: Source, role: Role): Promise<Raster> {
  const renderer = new Renderer(new Map())
  const recipe: Picture = { source, operations: [], digest: '' as Digest }
  return role === 'image' ? renderer.image(recipe) : renderer.mask(recipe)
}

const inspected = (raster: Raster, role: Role): Inspection => ({
  facts: factsOf(raster),
  ...(role === 'image' && { pixels: pixelDigest(raster) }),
})

/** What an image shows, whatever file format and metadata it came in: its size and its RGB bytes. */
const pixelDigest = ({ width, height, data }: Raster): Digest =>
  digestValue('pixels', [width, height, digestBytes(data)])

function factsOf(raster: Raster): ImageFacts {
  const { mean, deviation } = greyStats(raster)
  return { width: raster.width, height: raster.height, greyMean: mean, greyDeviation: deviation }
}

async function inspectMask(bytes: Uint8Array): Promise<Inspection> {
  const { mask, rule, intermediate, coverage } = await decodeMask(bytes)
  const facts = { width: mask.width, height: mask.height, greyMean: 255 * coverage, greyDeviation: 0 }
  return {
    facts: intermediate
      ? { ...facts, warning: `grey levels between black and white, read by the rule ${rule}` }
      : facts,
  }
}
