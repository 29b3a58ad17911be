import { chmodSync, writeFileSync } from 'node:fs'
import { decodeBundle } from '../../artifacts/bundle.ts'
import { artifactFile } from '../../artifacts/file-names.ts'
import { decodeFiles } from '../../artifacts/files.ts'
import type { Column } from '../../artifacts/items.ts'
import { isPerItem } from '../../artifacts/kinds.ts'
import type { BoundInput, Inputs, TaskDisk } from '../stage.ts'
import { layOutItems } from './lay-out-items.ts'

export interface Place {
  /** Absolute path of a path below the command's folder; its folder is made. */
  readonly placeOf: (path: string) => string
  readonly disk: TaskDisk
  readonly reads: readonly Column[]
}

/**
 * Writes one input below a folder: files and bundles as the files they are, other whole artifacts as one file
 * (`model.safetensors`, `verdict.json`), per-item artifacts as one file an item with an `index.csv`.
 */
export async function layOutInput(folder: string, input: BoundInput, inputs: Inputs, place: Place): Promise<void> {
  const { placeOf, disk } = place
  if (isPerItem(input.kind)) {
    await layOutItems(folder, inputs.items(input.name), place)
    return
  }
  const bytes = await inputs.whole(input.name).read()
  if (input.kind !== 'files' && input.kind !== 'bundle') {
    writeFileSync(placeOf(`${folder}/${artifactFile(input.kind)}`), bytes)
    return
  }
  const { files } = input.kind === 'files' ? decodeFiles(bytes) : decodeBundle(bytes)
  for (const [path, entry] of Object.entries(files)) {
    const target = placeOf(`${folder}/${path}`)
    await disk.place(entry.digest, target)
    if ('mode' in entry && entry.mode === '755') chmodSync(target, 0o755)
  }
}
