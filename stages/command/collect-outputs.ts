import { copyFileSync, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { FileEntry } from '../../artifacts/files.ts'
import { Failure } from '../../base/diagnostic.ts'
import { parseGlob } from '../../base/glob.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { TaskDisk } from '../stage.ts'

/** Files named when an output is missing. */
const SHOWN_FILES = 5

/** Keeps everything that the declared outputs name. Failures: E604 for what is missing, no regular file, or a symlink that leads out of the folder. */
export async function collectOutputs(
  folder: string,
  {
    laidOut,
    outputs,
    disk,
  }: { readonly laidOut: ReadonlySet<string>; readonly outputs: readonly string[]; readonly disk: TaskDisk },
): Promise<Record<string, FileEntry>> {
  const paths = new Set<string>()
  let written: readonly string[] | undefined
  for (const output of outputs) {
    const glob = parseGlob(output)
    const stat = glob.literal
      ? await readable(output, () => lstatSync(join(folder, output), { throwIfNoEntry: false }))
      : undefined
    if (stat?.isDirectory() === false && !laidOut.has(output)) {
      paths.add(output)
      continue
    }
    written ??= (await readable(output, () => filesBelow(folder, ''))).filter((path) => !laidOut.has(path))
    const matching = written.filter((path) => (glob.literal ? path.startsWith(`${output}/`) : glob.matches(path)))
    if (matching.length === 0) throw missing(output, written, laidOut)
    for (const path of matching) paths.add(path)
  }
  const files: Record<string, FileEntry> = {}
  for (const path of [...paths].sort()) files[path] = await readable(path, () => keepFile(folder, path, disk))
  return files
}

/** The errors of a path, of what kind of file it is and of the right to read it; what the disk of the cache says is another matter. */
const OF_PATH = new Set(['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'ENXIO'])

async function readable<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (error instanceof Failure || !OF_PATH.has(code)) throw error
    throw new Failure('E604', `the output ${sanitize(path)} cannot be read: ${code}`, {
      help: ['let the command write a file that it may read itself'],
    })
  }
}

function missing(output: string, written: readonly string[], laidOut: ReadonlySet<string>): Failure {
  if (laidOut.has(output)) {
    return new Failure('E604', `the output ${sanitize(output)} is a file of the project, which is an input`, {
      help: ['let the command write it under another name'],
    })
  }
  const shown = written.slice(0, SHOWN_FILES).map(sanitize).join(', ')
  const more = written.length > SHOWN_FILES ? ` and ${written.length - SHOWN_FILES} more` : ''
  return new Failure('E604', `the command did not write ${sanitize(output)}`, {
    help: [written.length === 0 ? 'it wrote no file' : `it wrote ${shown}${more}`],
  })
}

/** Paths below a folder but for what we laid out: inputs and temporary files. */
function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (path === 'in' || path === '.tmp') return []
    return entry.isDirectory() ? filesBelow(root, path) : [path]
  })
}

async function keepFile(folder: string, path: string, disk: TaskDisk): Promise<FileEntry> {
  const file = join(folder, path)
  const link = lstatSync(file)
  const real = link.isSymbolicLink() ? insideOf(folder, path) : file
  const stat: Stats = real === file ? link : statSync(real)
  if (!stat.isFile()) throw new Failure('E604', `the output ${sanitize(path)} is no regular file`)
  // What has another name besides must not be moved into the store: whoever writes to that name would change it.
  const own = real === file && stat.nlink === 1
  const source = own ? file : join(folder, '.tmp', `copy-${stat.ino}`)
  if (!own) copyFileSync(real, source)
  const { digest, bytes } = await disk.keep(source)
  return { digest, bytes, mode: (stat.mode & 0o111) === 0 ? '644' : '755' }
}

function insideOf(folder: string, path: string): string {
  const root = realpathSync(folder)
  let real: string | undefined
  try {
    real = realpathSync(join(folder, path))
  } catch {
    real = undefined
  }
  if (real?.startsWith(root + sep) === true) return real
  const what = real === undefined ? 'leads nowhere' : 'leads out of its folder'
  throw new Failure('E604', `the output ${sanitize(path)} is a symlink that ${what}`, {
    help: ['let the command write the file itself'],
  })
}
