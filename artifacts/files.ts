import { brokenContract, requireCount } from './contract.ts'
import type { Digest } from '../base/digest.ts'
import { decodeJson, encodeJson } from './json.ts'

/** Files by their paths: POSIX, relative, in no folder above. The contents are parts, stored under their digests. */
export interface Files {
  readonly files: Readonly<Record<string, FileEntry>>
}

export interface FileEntry {
  readonly digest: Digest
  readonly bytes: number
  /** Octal: 755 for what can be executed, else 644; no other bit is kept, since they differ between machines. */
  readonly mode: '644' | '755'
}

export const encodeFiles = (files: Files): Uint8Array => encodeJson(files)

/** Throws where a path would lead out of the folder that the files are laid out in. */
export function decodeFiles(bytes: Uint8Array): Files {
  const files = decodeJson(bytes) as Files
  for (const path of Object.keys(files.files)) {
    if (!isInnerPath(path)) throw new Error(`Internal error: "${path}" is no path of a file below a folder`)
  }
  return files
}

/** Whether a path names something below the folder it is read from, and in one way alone: no `..`, no `//`, no end in `/`. */
export const isInnerPath = (path: string): boolean =>
  path !== '' && !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')

/** Throws E604 unless every path lies below the folder and has its digest and size. */
export function checkFiles(bytes: Uint8Array): void {
  checkEntries('files', (decodeJson(bytes) as Files).files)
}

/** The same of any list of files. */
export function checkEntries(
  artifact: 'files' | 'bundle',
  files: Readonly<Record<string, Pick<FileEntry, 'digest' | 'bytes'>>>,
): void {
  for (const [path, { digest, bytes }] of Object.entries(files)) {
    if (!isInnerPath(path)) throw brokenContract(artifact, `"${path}" is no path of a file below a folder`)
    if (!/^[0-9a-f]{64}$/.test(digest)) throw brokenContract(artifact, `${path} has no digest`)
    requireCount(artifact, `size of ${path}`, bytes, 0)
  }
}
