import { createHash } from 'node:crypto'
import { join, relative } from 'node:path'
import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import type { Digest } from '../base/digest.ts'
import { parseGlob } from '../base/glob.ts'
import { sanitize } from '../base/sanitize.ts'
import type { Cache } from '../cache/cache.ts'
import { FileStats } from '../cache/file-stats.ts'
import type { ScanContext } from '../stages/stage.ts'
import { digestWhole } from './digest-files/digest-whole.ts'
import { knownListing, rememberListing } from './file-listing.ts'
import type { ProjectFileRow } from './host/protocol.ts'
import type { SpecStage } from './spec/spec.ts'
import { walkFiles } from './walk-files.ts'

/** Files of the project that a stage reads: their paths and contents are part of its key. */
export interface ProjectFiles {
  readonly digest: Digest
  readonly count: number
  /** Paths and digests, folder by folder; of a long list that is known as a whole, looked up when first asked for. */
  readonly files: readonly ProjectFileRow[]
}

export interface ScannedFiles {
  /** By address of the stage. */
  readonly of: ReadonlyMap<string, ProjectFiles>
  readonly diagnostics: readonly Diagnostic[]
}

/** Lists from this length on are known as a whole while nothing in them changes. */
const LONG_LIST = 1000

/** Finds and digests what the globs of all wanted stages match; equal globs are walked once. Findings: E106, E210, E218, E403. */
export async function scanProjectFiles(
  stages: readonly SpecStage[],
  { root, cache, context }: { readonly root: string; readonly cache: Cache; readonly context: ScanContext },
): Promise<ScannedFiles> {
  const { wanted, diagnostics } = listAll(stages, root)
  const lists = [...new Set(wanted.values())]
  const made = new Map<readonly string[], ProjectFiles>()
  const short = lists.filter((paths) => paths.length < LONG_LIST)
  for (const paths of lists) {
    if (paths.length >= LONG_LIST) made.set(paths, await longList(paths, { root, cache, context }, diagnostics))
  }
  const digests = await digestsOf([...new Set(short.flat())], { root, context }, diagnostics)
  for (const paths of short) {
    const rows = rowsOf(paths, digests)
    made.set(paths, { digest: digestRows(rows), count: rows.length, files: rows })
  }
  return { of: new Map([...wanted].map(([address, paths]) => [address, made.get(paths)!])), diagnostics }
}

/** The paths that each stage asks for; stages with equal globs share one list. */
function listAll(
  stages: readonly SpecStage[],
  root: string,
): { readonly wanted: ReadonlyMap<string, readonly string[]>; readonly diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const walked = new Map<string, readonly string[] | Failure>()
  const joined = new Map<string, readonly string[]>()
  const wanted = new Map<string, readonly string[]>()
  for (const stage of stages) {
    const globs = stage.kind.projectFiles?.(stage.settings) ?? []
    if (globs.length === 0) continue
    const found = globs.map((glob) => remember(walked, fromRootPath(glob, root), (pattern) => expand(pattern, root)))
    for (const [i, one] of found.entries()) {
      if (one instanceof Failure) diagnostics.push({ ...one.diagnostic, at: stage.placeOf(`files.${i}`) })
    }
    const lists = found.filter((one): one is readonly string[] => !(one instanceof Failure))
    const join = (): readonly string[] => (lists.length === 1 ? lists[0] : [...new Set(lists.flat())])
    wanted.set(stage.address, remember(joined, JSON.stringify(globs), join))
  }
  return { wanted, diagnostics }
}

interface Scan {
  readonly root: string
  readonly context: ScanContext
}

async function longList(
  paths: readonly string[],
  { root, cache, context }: Scan & { readonly cache: Cache },
  diagnostics: Diagnostic[],
): Promise<ProjectFiles> {
  const listing = await knownListing(paths, { root, cache, signal: context.signal })
  if (listing.digest !== undefined) return new KnownFiles(paths, listing.digest, { root, cache })
  const files = rowsOf(paths, await digestsOf(paths, { root, context }, diagnostics))
  const digest = digestRows(files)
  if (files.length === paths.length) await rememberListing(listing, digest, cache)
  return { digest, count: files.length, files }
}

/** A list that is known as a whole: nothing in it changed since its files were read. */
class KnownFiles implements ProjectFiles {
  readonly digest: Digest
  readonly #paths: readonly string[]
  readonly #from: { readonly root: string; readonly cache: Cache }
  #files: readonly ProjectFileRow[] | undefined

  constructor(paths: readonly string[], digest: Digest, from: { readonly root: string; readonly cache: Cache }) {
    this.#paths = paths
    this.digest = digest
    this.#from = from
  }

  get count(): number {
    return this.#paths.length
  }

  get files(): readonly ProjectFileRow[] {
    this.#files ??= this.#lookUp()
    return this.#files
  }

  /** By the records of single files, which are those that the whole was made from; read again where they are gone. */
  #lookUp(): readonly ProjectFileRow[] {
    const { root, cache } = this.#from
    const stats = new FileStats(cache.index)
    const found = rowsOf(this.#paths, (path) => stats.get(join(root, path))?.digest)
    if (digestRows(found) === this.digest) return found
    return this.#paths.map((path) => ({ path, digest: digestWhole(join(root, path)) }))
  }
}

/** Digests by path from the root; what cannot be read is told. */
async function digestsOf(
  paths: readonly string[],
  { root, context }: Scan,
  diagnostics: Diagnostic[],
): Promise<(path: string) => Digest | undefined> {
  const { digests, failed } = await context.digests(paths.map((path) => join(root, path)))
  for (const [path, reason] of failed) {
    diagnostics.push({
      code: 'E403',
      severity: 'error',
      message: `cannot read the file ${sanitize(relative(root, path))}: ${reason}`,
      help: ['make it readable, or take it out of files'],
    })
  }
  return (path) => digests.get(join(root, path))
}

const rowsOf = (paths: readonly string[], digestOf: (path: string) => Digest | undefined): ProjectFileRow[] =>
  paths.flatMap((path) => {
    const digest = digestOf(path)
    return digest === undefined ? [] : [{ path, digest }]
  })

/** Digest of a list: its record type, then paths, which hold no NUL, and digests. */
function digestRows(rows: readonly ProjectFileRow[]): Digest {
  const hash = createHash('sha256').update('project files\0')
  for (const { path, digest } of rows) hash.update(`${path}\0${digest}`)
  return hash.digest('hex') as Digest
}

function expand(pattern: string, root: string): readonly string[] | Failure {
  try {
    if (pattern.split('/').includes('..')) {
      return new Failure('E106', `${sanitize(pattern)} leads out of the project`, {
        help: ['name files below its root'],
      })
    }
    const found = walkFiles(root, parseGlob(pattern))
    if (found.length > 0) return found
    return new Failure('E210', `no file of the project matches ${sanitize(pattern)}`, {
      help: ['paths start at the project root; names with a dot in front must be written out'],
    })
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** A pattern given on the command line is absolute by now. */
const fromRootPath = (pattern: string, root: string): string =>
  (pattern.startsWith('/') ? relative(root, pattern) : pattern).replace(/^\.\//, '').replace(/\/$/, '')

function remember<K, V>(known: Map<K, V>, key: K, make: (key: K) => V): V {
  let value = known.get(key)
  if (value === undefined) known.set(key, (value = make(key)))
  return value
}
