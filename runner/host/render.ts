import { readFile } from 'node:fs/promises'
import type { Picture } from '../../artifacts/items.ts'
import { Failure } from '../../base/diagnostic.ts'
import { type Digest, digestBytes } from '../../base/digest.ts'
import { decodeImage, decodeMask } from '../../imaging/decode.ts'
import { applyOperations, applyToMask, type Operation } from '../../imaging/operations.ts'
import type { Raster } from '../../imaging/raster.ts'
import { renderPart } from '../../imaging/synthetic/render.ts'
import { type Scene, SYNTHETIC_VERSION } from '../../imaging/synthetic/scene.ts'

/** Turns recipes into pixels: RGB images and masks of 0 or 255, each from its file or scene. */
export class Renderer {
  readonly #files: ReadonlyMap<Digest, string>

  constructor(files: ReadonlyMap<Digest, string>) {
    this.#files = files
  }

  async image({ source, operations }: Picture): Promise<Raster> {
    const raster =
      source.type === 'file'
        ? await decodeImage(await readSource(source.digest, this.#files))
        : renderScene(source).image
    return applyOperations(raster, operations as readonly Operation[])
  }

  async mask({ source, operations }: Picture): Promise<Raster> {
    const raster =
      source.type === 'file'
        ? (await decodeMask(await readSource(source.digest, this.#files))).mask
        : renderScene(source).mask
    return applyToMask(raster, operations as readonly Operation[])
  }
}

/**
 * A source file's bytes, checked against the digest it was planned with: a file that changes during a run is an error,
 * not a result. Failures: E403, E212.
 */
export async function readSource(digest: Digest, files: ReadonlyMap<Digest, string>): Promise<Uint8Array> {
  const path = files.get(digest)
  if (path === undefined) throw new Error(`Internal error: no file is known for ${digest}`)
  const bytes = await readFile(path).catch((error: unknown) => {
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw new Failure('E403', `cannot read the file: ${code}`, {
      at: { file: path },
      help: ['put it back, or take it out of the set, and run again'],
    })
  })
  if (digestBytes(bytes) !== digest) {
    throw new Failure('E212', 'the file changed while the run was going on', {
      at: { file: path },
      help: ['run again'],
    })
  }
  return bytes
}

function renderScene(source: Extract<Picture['source'], { type: 'synthetic' }>): ReturnType<typeof renderPart> {
  if (source.version !== SYNTHETIC_VERSION) {
    throw new Error(`Internal error: scene of version ${source.version}, the generator is version ${SYNTHETIC_VERSION}`)
  }
  const scene = JSON.stringify(source.scene)
  if (lastScene?.scene !== scene) lastScene = { scene, rendered: renderPart(source.scene as Scene) }
  const { image, mask } = lastScene.rendered
  return { image: { ...image, data: image.data.slice() }, mask: { ...mask, data: mask.data.slice() } }
}

/** A scene gives image and mask at once, and they are asked for one after the other. */
let lastScene: { readonly scene: string; readonly rendered: ReturnType<typeof renderPart> } | undefined
