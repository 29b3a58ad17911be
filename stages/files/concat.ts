import Type from '../../base/type.ts'
import { decodeFiles, encodeFiles } from '../../artifacts/files.ts'
import { defineRun, type Inputs, type TaskContext } from '../stage.ts'
import { concatenate } from './concatenate.ts'
import { innerPath, projectFilesSetting } from './settings.ts'

const settings = Type.Object(
  {
    files: projectFilesSetting,
    name: Type.String({ ...innerPath, description: 'Name of the file it gives', default: 'all' }),
  },
  { additionalProperties: false },
)

/** Joins files end to end: those of its needs in the order of `needs`, each need's by path, then those of the project. */
export const filesConcat = defineRun({
  kind: 'files/concat',
  version: 1,
  summary: 'all files of its needs and of the project, end to end, as one',
  settings,
  ports: { inputs: { accepts: ['files'], many: 'in-order', optional: true } },
  gives: ['files'],
  runs: 'light',
  projectFiles: ({ files }) => files,
  run: async (inputs, context) => ({ files: await concatFiles(inputs, context) }),
})

async function concatFiles(inputs: Inputs, context: TaskContext<{ name: string }>): Promise<Uint8Array> {
  const sources: (() => Uint8Array | Promise<Uint8Array>)[] = []
  for (const { name } of inputs.bound('inputs')) {
    const { files } = decodeFiles(await inputs.whole(name).read())
    for (const path of Object.keys(files).sort()) sources.push(() => context.disk.read(files[path].digest))
  }
  for (const file of inputs.projectFiles) sources.push(file.read)
  const stored = await concatenate(sources, context)
  return encodeFiles({ files: { [context.settings.name]: { ...stored, mode: '644' } } })
}
