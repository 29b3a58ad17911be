import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import type { Glob } from '../base/glob.ts'
import { shownPath } from '../base/shown-path.ts'

/**
 * Paths from the root of all files that a pattern matches, folder by folder, names in the order of their bytes. A pattern
 * that names a folder stands for everything in it. Symlinks are followed inside the root alone. Failures: E403, E218.
 */
export function walkFiles(root: string, glob: Glob): string[] {
  const found: string[] = []
  const realRoot = realpathSync.native(root)
  const visit = (folder: string, chain: readonly string[], wanted: (path: string) => boolean): void => {
    for (const entry of list(join(root, folder), root)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      const kind = reach(entry, path, chain)
      if (kind === 'file') {
        if (wanted(path)) found.push(path)
      } else if (kind !== 'other' && (glob.literal ? !entry.name.startsWith('.') : glob.enters(path))) {
        visit(path, [...chain, kind.real], wanted)
      }
    }
  }
  const reach = (entry: Dirent, path: string, chain: readonly string[]): 'file' | 'other' | { real: string } => {
    if (entry.isFile()) return 'file'
    if (entry.isDirectory()) return { real: join(chain[chain.length - 1], entry.name) }
    if (!entry.isSymbolicLink()) return 'other'
    const real = follow(root, realRoot, path)
    if (real === undefined || leadsUp(real, chain)) return 'other'
    const target = statSync(real)
    return target.isDirectory() ? { real } : target.isFile() ? 'file' : 'other'
  }
  if (!glob.literal) {
    const start = follow(root, realRoot, glob.base)
    if (start !== undefined) visit(glob.base, [start], (path) => glob.matches(path))
    return found
  }
  const real = follow(root, realRoot, glob.pattern)
  const target = real === undefined ? undefined : statSync(real, { throwIfNoEntry: false })
  if (target?.isDirectory()) visit(glob.pattern, [real!], isVisible)
  return target?.isFile() ? [glob.pattern] : found
}

/** Whether a symlink leads to a folder on the way here, or above it. */
const leadsUp = (real: string, chain: readonly string[]): boolean =>
  chain.some((folder) => folder === real || folder.startsWith(real + sep))

const isVisible = (path: string): boolean => !path.slice(path.lastIndexOf('/') + 1).startsWith('.')

/** The real path of something in the project; undefined where there is nothing. */
function follow(root: string, realRoot: string, path: string): string | undefined {
  let real: string
  try {
    real = realpathSync.native(join(root, path))
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Failure('E403', `cannot read ${shownPath(join(root, path), root)}: ${code}`, {
      help: ['make it readable'],
    })
  }
  if (real === realRoot || real.startsWith(realRoot + sep)) return real
  throw new Failure('E218', `${path} is a symlink that leads out of the project`, {
    help: ['put the files themselves into the project'],
  })
}

function list(folder: string, root: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort(byBytes)
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw new Failure('E403', `cannot read the folder ${shownPath(folder, root)}: ${code}`, {
      help: ['make it readable'],
    })
  }
}

/** UTF-16 order is the order of the UTF-8 bytes but for characters beyond the basic plane. */
function byBytes({ name: a }: Dirent, { name: b }: Dirent): number {
  if (BEYOND.test(a) || BEYOND.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : a > b ? 1 : 0
}

const BEYOND = /[\ud800-\uffff]/
