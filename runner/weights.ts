import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { storageFailure } from '../base/storage-failure.ts'
import { asDigest, type Digest, shortDigest } from '../base/digest.ts'
import { makeFolder } from '../base/make-folder.ts'

/** A checkpoint that `pipeline weights add` checked and kept. */
export interface RegisteredWeights {
  /** What people write after `weights:`. */
  readonly name: string
  readonly network: string
  /** Who published it; decides epsilon, padding and input range. */
  readonly family: string
  readonly digest: Digest
  readonly file: string
  readonly bytes: number
  /** Its digest stands in the catalogue of published files, or was given by hand. */
  readonly verified: boolean
  /** Absolute. */
  readonly path: string
}

type IndexEntry = Omit<RegisteredWeights, 'path' | 'digest'> & { readonly digest: string }

const indexPath = (folder: string): string => join(folder, 'index.json')

/** All kept checkpoints, by name; none where the folder does not exist. An unreadable index is E403. */
export async function readRegisteredWeights(folder: string): Promise<RegisteredWeights[]> {
  let text: string
  try {
    text = await readFile(indexPath(folder), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new Failure(
      'E403',
      `cannot read ${indexPath(folder)}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      {
        help: ['make it readable, or point PIPELINE_WEIGHTS_DIR at another folder'],
      },
    )
  }
  try {
    return (JSON.parse(text) as IndexEntry[])
      .map((entry) => ({ ...entry, digest: asDigest(entry.digest), path: weightsPath(folder, entry) }))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.digest < b.digest ? -1 : 1))
  } catch {
    throw new Failure('E403', `${indexPath(folder)} is damaged`, {
      help: ['remove it, then add the checkpoints beside it again: pipeline weights add FILE'],
    })
  }
}

/**
 * Keeps a checkpoint: its bytes under the head of their digest, then the index, both by rename, so that a crash
 * leaves either the old state or the new one. The same digest again replaces its entry. Throws E403, E501.
 */
export async function registerWeights(
  folder: string,
  entry: Omit<RegisteredWeights, 'path'>,
  bytes: Uint8Array,
): Promise<RegisteredWeights> {
  const path = weightsPath(folder, entry)
  try {
    makeFolder(join(folder, shortDigest(entry.digest)))
    await writeByRename(path, bytes)
    const others = (await readRegisteredWeights(folder)).filter(({ digest }) => digest !== entry.digest)
    const index = [...others, { ...entry, path }].map((each) => ({ ...each, path: undefined }))
    await writeByRename(indexPath(folder), `${JSON.stringify(index, null, 1)}\n`)
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw (
      storageFailure(error) ??
      new Failure('E403', `cannot write to ${folder}: ${code}`, {
        help: ['make it writable, or point PIPELINE_WEIGHTS_DIR at another folder'],
      })
    )
  }
  return { ...entry, path }
}

const weightsPath = (folder: string, { digest, file }: Pick<IndexEntry, 'digest' | 'file'>): string =>
  join(folder, shortDigest(digest), file)

async function writeByRename(path: string, content: Uint8Array | string): Promise<void> {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`
  try {
    const file = await open(part, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
