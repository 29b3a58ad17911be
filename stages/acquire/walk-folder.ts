import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { errorCode, type Finding, finding, MAKE_READABLE } from './finding.ts'

export interface FoundFile {
  /** POSIX path relative to the acquired folder. */
  readonly id: string
  readonly path: string
}

export interface WalkedFolder {
  readonly files: readonly FoundFile[]
  /** What is not read: what lies beside the folders `tops` (folders end in `/`), sockets, devices. */
  readonly beside: readonly string[]
  readonly findings: readonly Finding[]
}

interface Folder {
  readonly id: string
  readonly path: string
  /** Real paths of this folder and of those above it on the way here. */
  readonly chain: readonly string[]
}

type Reached = { readonly type: 'file' | 'other' } | { readonly type: 'folder'; readonly real: string } | Finding

const JUNK = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx'])

/**
 * All files below the folders `tops` of `root`, in no order. Names are data, whatever is in them; hidden files and what
 * file managers leave behind are passed over. Symlinks are followed inside `root` alone. Findings: E403, E218.
 * Rejects with the file system's error where `root` itself cannot be read.
 */
export async function walkFolder(root: string, tops: ReadonlySet<string>): Promise<WalkedFolder> {
  const realRoot = await realpath(root)
  const files: FoundFile[] = []
  const beside: string[] = []
  const findings: Finding[] = []

  async function visit(folder: Folder, entries: readonly Dirent<Buffer>[]): Promise<void> {
    for (const entry of entries) {
      const name = entry.name.toString('utf8')
      if (name.startsWith('.') || JUNK.has(name.toLowerCase())) continue
      if (folder.id === '' && !tops.has(name)) {
        beside.push(`${readableName(entry.name)}${entry.isDirectory() ? '/' : ''}`)
        continue
      }
      const id = folder.id === '' ? name : `${folder.id}/${name}`
      if (!Buffer.from(name, 'utf8').equals(entry.name)) {
        const shown = `${folder.id}/${readableName(entry.name)}`
        findings.push(finding('E403', shown, 'cannot read a name that is not UTF-8', ['rename it']))
        continue
      }
      const path = join(folder.path, name)
      const reached = await reach(entry, { id, path, chain: folder.chain })
      if ('code' in reached) findings.push(reached)
      else if (reached.type === 'file') files.push({ id, path })
      else if (reached.type === 'folder') await enter({ id, path, chain: [...folder.chain, reached.real] })
      else beside.push(id)
    }
  }

  async function enter(folder: Folder): Promise<void> {
    const entries = await list(folder.path).catch((error: unknown) => error)
    if (Array.isArray(entries)) await visit(folder, entries as Dirent<Buffer>[])
    else findings.push(finding('E403', folder.id, `cannot read the folder: ${errorCode(entries)}`, [MAKE_READABLE]))
  }

  async function reach(entry: Dirent<Buffer>, { id, path, chain }: Folder): Promise<Reached> {
    if (entry.isDirectory()) return { type: 'folder', real: join(chain[chain.length - 1], entry.name.toString('utf8')) }
    if (!entry.isSymbolicLink()) return { type: entry.isFile() ? 'file' : 'other' }
    try {
      const real = await realpath(path)
      if (real !== realRoot && !real.startsWith(realRoot + sep)) {
        return finding('E218', id, 'symlink leads out of the folder', ['put the files themselves into the folder'])
      }
      const target = await stat(real)
      if (!target.isDirectory()) return { type: target.isFile() ? 'file' : 'other' }
      if (chain.includes(real)) return finding('E218', id, 'symlink leads back to a folder above it', ['remove it'])
      return { type: 'folder', real }
    } catch (error) {
      return finding('E403', id, `cannot follow the symlink: ${errorCode(error)}`, ['mend it, or remove it'])
    }
  }

  await visit({ id: '', path: root, chain: [realRoot] }, await list(root))
  return { files, beside, findings }
}

const list = (path: string): Promise<Dirent<Buffer>[]> => readdir(path, { withFileTypes: true, encoding: 'buffer' })

/** Bytes outside ASCII of a name that may be no UTF-8, as `\xNN`. */
function readableName(name: Buffer): string {
  const text = name.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(name)) return text
  return name.toString('latin1').replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}
