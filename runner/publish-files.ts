import { decodeFiles } from '../artifacts/files.ts'
import type { Objects } from '../cache/objects.ts'
import { type OutputFile, writeOutputs } from './outputs-folder.ts'
import type { Outcome } from './plan/outcome.ts'

/** Writes the files of stages that give `files`, those of each in a folder of its name. */
export const publishFiles = (folder: string, stages: readonly Outcome[], objects: Objects): Promise<void> =>
  writeOutputs(folder, outputFiles(stages, objects))

function* outputFiles(stages: readonly Outcome[], objects: Objects): Generator<OutputFile> {
  for (const { stage, whole } of stages) {
    const { files } = decodeFiles(objects.read(whole.files!.digest))
    for (const [path, { digest, mode }] of Object.entries(files))
      yield {
        name: `${stage.name}/${path}`,
        content: mode === '755' ? `${digest} ${mode}` : digest,
        bytes: () => objects.read(digest),
        ...(mode === '755' && { isProgram: true as const }),
      }
  }
}
