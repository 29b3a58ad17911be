import { relative } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { shortDigest } from '../base/digest.ts'
import { nearestNames } from '../base/nearest.ts'
import { foldersOf } from '../runner/environment.ts'
import { readRegisteredWeights } from '../runner/weights.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'

/** `pipeline weights path NAME`: where a kept checkpoint lies; NAME may be the head of its digest. */
export async function run({ arguments: words, io }: Invocation): Promise<number> {
  const name = words.at(0)
  const kept = await readRegisteredWeights(foldersOf(io.root, io.environment).weights)
  if (name === undefined) throw new Failure('E001', 'which weights?', { help: ['"pipeline weights ls" lists all'] })
  const fitting = kept.filter((each) => each.name === name || (name.length >= 4 && each.digest.startsWith(name)))
  if (fitting.length > 1)
    throw new Failure('E305', `several files are called ${name}`, {
      help: [`say which: ${fitting.map(({ digest }) => shortDigest(digest)).join(', ')}`],
    })
  const found = fitting.at(0)
  if (found === undefined) {
    const near = nearestNames(
      name,
      kept.map((each) => each.name),
    )
    throw new Failure('E301', `weights ${name} are missing`, {
      help: [`${near.length === 0 ? '' : `did you mean ${near.join(', ')}? `}"pipeline weights ls" lists all`],
    })
  }
  io.stdout.write(`${relative(io.cwd, found.path)}\n`)
  return EXIT_OK
}
