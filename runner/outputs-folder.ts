import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { faultPoint } from '../base/fault.ts'
import { asStorageFailure } from '../cache/objects.ts'

/** A file that people keep. */
export interface OutputFile {
  /** Path below the folder. */
  readonly name: string
  /** Stands for its bytes: equal where they are equal. */
  readonly content: string
  /** Called only where the file has to be written; undefined where there is none after all. */
  readonly bytes: () => Uint8Array | undefined | Promise<Uint8Array | undefined>
}

/** Name of the list of what we wrote, so that a second run finds it unchanged and files of others are never touched. */
const INVENTORY = '.flawline.json'

interface Written {
  readonly content: string
  readonly size: number
}

interface Inventory {
  readonly files: ReadonlyMap<string, Written>
  /** It was written after all files that it lists: one that changed since is not ours any more. */
  readonly ctimeMs: number
}

/**
 * Makes a folder hold these files: writes, by rename, those that changed, were touched or are missing, and removes those
 * that an earlier call wrote and this one does not have. E403 where the folder cannot be written.
 */
export async function writeOutputs(folder: string, files: Iterable<OutputFile>): Promise<void> {
  const before = readInventory(folder)
  const after = new Map<string, Written>()
  let changed = false
  try {
    for (const { name, content, bytes } of files) {
      const path = join(folder, name)
      const known = before.files.get(name)
      if (known?.content === content && isUntouched(path, known, before.ctimeMs)) {
        after.set(name, known)
        continue
      }
      const made = await bytes()
      if (made === undefined) continue
      writeByRename(path, made)
      after.set(name, { content, size: made.byteLength })
      changed = true
      await new Promise((resolve) => setImmediate(resolve)) // keeps the screen alive
    }
    for (const name of before.files.keys()) {
      if (after.has(name)) continue
      faultPoint('publish-remove')
      rmSync(join(folder, name), { force: true })
      changed = true
    }
    if (changed)
      writeByRename(join(folder, INVENTORY), Buffer.from(JSON.stringify({ files: Object.fromEntries(after) })))
  } catch (error) {
    const storage = asStorageFailure(error)
    if (storage !== error || error instanceof Failure || !isSystemError(error)) throw storage
    throw new Failure('E403', `cannot write to the outputs folder ${folder}: ${error.code}`, {
      help: ['make it writable, or change outputs: in the spec'],
    })
  }
}

function readInventory(folder: string): Inventory {
  const path = join(folder, INVENTORY)
  try {
    const { files } = JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, Written> }
    return { files: new Map(Object.entries(files)), ctimeMs: statSync(path).ctimeMs }
  } catch {
    return { files: new Map(), ctimeMs: 0 } // none yet, or damaged: everything is written again
  }
}

function isUntouched(path: string, { size }: Written, writtenBefore: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.size === size && stat.ctimeMs <= writtenBefore
}

function writeByRename(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  const staged = `${path}.${process.pid}.part`
  try {
    faultPoint('publish-write')
    writeFileSync(staged, bytes)
    faultPoint('publish-rename')
    renameSync(staged, path)
  } catch (error) {
    rmSync(staged, { force: true })
    throw error
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error
