import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { decodeBundle } from '../artifacts/bundle.ts'
import { artifactFile, extensionOf } from '../artifacts/file-names.ts'
import { decodeFiles, isInnerPath } from '../artifacts/files.ts'
import type { ArtifactKind } from '../artifacts/kinds.ts'
import type { Digest } from '../base/digest.ts'
import type { Objects } from '../cache/objects.ts'
import { findKind } from '../stages/registry.ts'
import type { Made } from './exec-task.ts'
import type { TaskFile } from './task-file.ts'

/** Writes what a task made as files below a folder: artifacts under their own names, files and bundles as what they list, items by digest. Gives the paths. */
export async function writeTaskOutputs(
  folder: string,
  { outputs, items }: Made,
  { task }: TaskFile,
  objects: Pick<Objects, 'copyTo' | 'read'>,
): Promise<readonly string[]> {
  const written: string[] = []
  const write = async (path: string, digest: Digest): Promise<void> => {
    if (!isInnerPath(path)) throw new Error(`Internal error: "${path}" is no path below a folder`)
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    await objects.copyTo(digest, join(folder, path))
    written.push(path)
  }
  for (const [name, { digest }] of Object.entries(outputs)) {
    const kind = name as ArtifactKind
    if (kind !== 'files' && kind !== 'bundle') await write(artifactFile(kind), digest)
    else {
      const list = kind === 'files' ? decodeFiles : decodeBundle
      for (const [path, file] of Object.entries(list(objects.read(digest)).files)) await write(path, file.digest)
    }
  }
  const extension = extensionOf(findKind(task.kind)!.gives[0])
  for (const [item, { digest }] of items) await write(`items/${item}.${extension}`, digest)
  return written
}
