import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, digestBytes } from '../base/digest.ts'
import { faultPoint } from '../base/fault.ts'
import { requireRoom } from './room.ts'
import { makeFolder } from '../base/make-folder.ts'

/** Characters of a digest, which stands before the bytes it is of. */
const DIGEST_LENGTH = 64

const pathOf = (cacheFolder: string, key: Digest): string => join(cacheFolder, 'checkpoints', key)

/** What a stage that was interrupted left under its key; undefined where there is nothing, or nothing sound. */
export function readCheckpoint(cacheFolder: string, key: Digest): Uint8Array | undefined {
  try {
    const file = readFileSync(pathOf(cacheFolder, key))
    const bytes = Uint8Array.prototype.slice.call(file, DIGEST_LENGTH)
    return digestBytes(bytes) === file.toString('latin1', 0, DIGEST_LENGTH) ? bytes : undefined
  } catch {
    return undefined
  }
}

/** Replaces the state kept for a key, whole or not at all. E501 on a full disk. */
export function writeCheckpoint(cacheFolder: string, key: Digest, bytes: Uint8Array): void {
  const path = pathOf(cacheFolder, key)
  const staged = `${path}.${process.pid}.part`
  requireRoom(cacheFolder, bytes.byteLength)
  makeFolder(join(cacheFolder, 'checkpoints'))
  try {
    faultPoint('checkpoint-write')
    writeFileSync(staged, Buffer.concat([Buffer.from(digestBytes(bytes), 'latin1'), bytes]))
    faultPoint('checkpoint-rename')
    renameSync(staged, path)
  } catch (error) {
    rmSync(staged, { force: true })
    throw error
  }
}

/** Once the stage has ended well, its state is of no use. */
export const removeCheckpoint = (cacheFolder: string, key: Digest): void =>
  rmSync(pathOf(cacheFolder, key), { force: true })
