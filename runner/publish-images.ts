import { readPicture } from '../artifacts/pictures.ts'
import type { Objects } from '../cache/objects.ts'
import { fileStems } from './file-names.ts'
import { type OutputFile, writeOutputs } from './outputs-folder.ts'
import type { Outcome } from './plan/outcome.ts'

/** Writes the images that a stage with `keep: true` gives, and their masks below `masks/`. */
export const publishImages = (folder: string, images: Outcome, objects: Objects): Promise<void> =>
  writeOutputs(folder, imageFiles(images, objects))

function* imageFiles({ table: { items }, values }: Outcome, objects: Objects): Generator<OutputFile> {
  const stems = fileStems(items.map(({ id }) => id))
  for (const { id, image, mask } of items) {
    const stem = stems.get(id)!
    const { digest } = values.get(image.digest)!
    const png = (name: string) => () => readPicture(objects.read(digest), name)
    yield { name: `${stem}.png`, content: digest, bytes: png('image') }
    if (mask !== undefined) yield { name: `masks/${stem}.png`, content: digest, bytes: png('mask') }
  }
}
