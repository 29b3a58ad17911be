import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../../base/diagnostic.ts'
import type { Inputs, TaskContext } from '../stage.ts'
import { layOutInput } from './lay-out-input.ts'
import type { ShellSettings } from './shell.ts'

/** Lets other work in after so many files. */
const BREATHE_AFTER = 50

/** Fills the folder of a command: files of the project at their paths, inputs below `in/STAGE/`. Gives the paths of the former. */
export async function layOut(
  folder: string,
  inputs: Inputs,
  { settings, disk, signal }: TaskContext<ShellSettings>,
): Promise<ReadonlySet<string>> {
  mkdirSync(join(folder, '.tmp'))
  const made = new Set<string>(['.'])
  const placeOf = (path: string): string => {
    const parent = dirname(path)
    if (!made.has(parent)) {
      mkdirSync(join(folder, parent), { recursive: true })
      made.add(parent)
    }
    return join(folder, path)
  }
  for (const [i, file] of inputs.projectFiles.entries()) {
    if (file.path.startsWith('in/')) {
      throw new Failure('E106', `the project's own folder in/ cannot be laid out: inputs of a command lie there`, {
        help: ['give that folder another name'],
      })
    }
    if (i % BREATHE_AFTER === BREATHE_AFTER - 1) await breathe(signal)
    await file.copyTo(placeOf(file.path))
  }
  for (const input of inputs.bound('inputs')) {
    signal.throwIfAborted()
    await layOutInput(`in/${input.label}`, input, inputs, { placeOf, disk, reads: settings.reads })
  }
  for (const output of settings.outputs) placeOf(output)
  return new Set(inputs.projectFiles.map(({ path }) => path))
}

async function breathe(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}
