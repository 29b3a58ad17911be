import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { faultPoint } from '../base/fault.ts'
import { asStorageFailure } from '../cache/objects.ts'
import { makeFolder } from '../base/make-folder.ts'

/** A file that people keep. */
export interface OutputFile {
  /** Path below the folder. */
  readonly name: string
  /** Stands for its bytes: equal where they are equal. */
  readonly content: string
  /** Called only where the file has to be written; undefined where there is none after all. */
  readonly bytes: () => Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** It can be executed. */
  readonly isProgram?: true
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
  /** Left by a process that was at it: what it was about to write is listed, with a content that equals none. */
  readonly unfinished: boolean
}

/**
 * Makes a folder hold these files: writes, by rename, those that changed, were touched or are missing, and removes those
 * that an earlier call wrote and this one does not have. Before the first change the list says what may change, so that
 * the next call repairs what a killed one left, whatever it is asked for. E403 where the folder cannot be written.
 */
export async function writeOutputs(folder: string, files: Iterable<OutputFile>): Promise<void> {
  const wanted = [...files]
  const before = readInventory(folder)
  const after = new Map<string, Written>()
  const isGood = ({ name, content }: OutputFile): boolean => {
    const known = before.files.get(name)
    return known?.content === content && isUntouched(join(folder, name), known, before.ctimeMs)
  }
  const good = new Set(wanted.filter(isGood))
  const list = { announced: false }
  const announce = (): void => {
    if (list.announced) return
    list.announced = true
    const touched = wanted.filter((file) => !good.has(file)).map(({ name }) => [name, ANNOUNCED] as const)
    writeInventory(folder, { unfinished: true, files: Object.fromEntries([...before.files, ...touched]) })
  }
  try {
    sweepStaged(folder, before)
    for (const file of wanted) {
      const { name, content, bytes, isProgram } = file
      if (good.has(file)) {
        after.set(name, before.files.get(name)!)
        continue
      }
      const made = await bytes()
      if (made === undefined) continue
      announce()
      writeByRename(join(folder, name), made, isProgram)
      after.set(name, { content, size: made.byteLength })
      await new Promise((resolve) => setImmediate(resolve)) // keeps the screen alive
    }
    for (const name of before.files.keys()) {
      if (after.has(name)) continue
      announce()
      faultPoint('publish-remove')
      rmSync(join(folder, name), { force: true })
    }
    if (list.announced || before.unfinished) writeInventory(folder, { files: Object.fromEntries(after) })
  } catch (error) {
    const storage = asStorageFailure(error)
    if (storage !== error || error instanceof Failure || !isSystemError(error)) throw storage
    throw new Failure('E403', `cannot write to the outputs folder ${folder}: ${error.code}`, {
      help: ['make it writable, or change outputs: in the spec'],
    })
  }
}

/** Stands for a file that is being written. */
const ANNOUNCED: Written = { content: '', size: -1 }

interface InventoryDocument {
  readonly unfinished?: true
  readonly files: Record<string, Written>
}

/** Files of the folder that are not as `writeOutputs` left them. */
export function touchedOutputs(folder: string): { readonly name: string; readonly gone: boolean }[] {
  const { files, ctimeMs } = readInventory(folder)
  return [...files]
    .filter(([name, written]) => !isUntouched(join(folder, name), written, ctimeMs))
    .map(([name]) => ({ name, gone: !existsSync(join(folder, name)) }))
}

function readInventory(folder: string): Inventory {
  const path = join(folder, INVENTORY)
  try {
    const { files, unfinished = false } = JSON.parse(readFileSync(path, 'utf8')) as InventoryDocument
    const inside = Object.entries(files).filter(([name]) => !name.split('/').includes('..'))
    return { files: new Map(inside), ctimeMs: statSync(path).ctimeMs, unfinished }
  } catch {
    return { files: new Map(), ctimeMs: 0, unfinished: false } // none yet, or damaged: everything is written again
  }
}

const writeInventory = (folder: string, document: InventoryDocument): void =>
  writeByRename(join(folder, INVENTORY), Buffer.from(JSON.stringify(document)))

/** Removes what killed processes left under another name: of the list, and of the files that were being written. */
function sweepStaged(folder: string, { files, unfinished }: Inventory): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder, { recursive: unfinished, encoding: 'utf8' })) {
    const match = STAGED.exec(name)
    if (match === null) continue
    const [, file, pid] = match
    if ((files.has(file) || file === INVENTORY) && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true })
  }
}

/** How the file of a process is called before it gets its own name. */
const STAGED = /^(.+)\.(\d+)\.part$/

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function isUntouched(path: string, { size }: Written, writtenBefore: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat?.size === size && stat.ctimeMs <= writtenBefore
}

function writeByRename(path: string, bytes: Uint8Array, isProgram = false): void {
  makeFolder(dirname(path))
  const staged = `${path}.${process.pid}.part`
  try {
    faultPoint('publish-write')
    writeFileSync(staged, bytes, { mode: isProgram ? 0o777 : 0o666 })
    faultPoint('publish-rename')
    renameSync(staged, path)
  } catch (error) {
    rmSync(staged, { force: true })
    throw error
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error
