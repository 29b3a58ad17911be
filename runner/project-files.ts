import { join, relative } from 'node:path'
import type { Diagnostic } from '../base/diagnostic.ts'
import { Failure } from '../base/diagnostic.ts'
import { type Digest, digestValue } from '../base/digest.ts'
import { parseGlob } from '../base/glob.ts'
import { sanitize } from '../base/sanitize.ts'
import type { ScanContext } from '../stages/stage.ts'
import type { ProjectFileRow } from './host/protocol.ts'
import type { SpecStage } from './spec/spec.ts'
import { walkFiles } from './walk-files.ts'

/** Files of the project that a stage reads: their paths and contents are part of its key. */
export interface ProjectFiles {
  readonly digest: Digest
  readonly files: readonly ProjectFileRow[]
}

export interface ScannedFiles {
  /** By address of the stage. */
  readonly of: ReadonlyMap<string, ProjectFiles>
  readonly diagnostics: readonly Diagnostic[]
}

/** Finds and digests what the globs of all wanted stages match; equal globs are walked once. Findings: E106, E210, E218, E403. */
export async function scanProjectFiles(
  stages: readonly SpecStage[],
  root: string,
  context: ScanContext,
): Promise<ScannedFiles> {
  const diagnostics: Diagnostic[] = []
  const walked = new Map<string, readonly string[] | Failure>()
  const wanted = new Map<string, readonly string[]>()
  for (const stage of stages) {
    const globs = stage.kind.projectFiles?.(stage.settings) ?? []
    if (globs.length === 0) continue
    const paths = globs.map((glob) => remember(walked, fromRootPath(glob, root), (pattern) => expand(pattern, root)))
    for (const found of paths) {
      if (found instanceof Failure) diagnostics.push({ ...found.diagnostic, at: stage.placeOf('files') })
    }
    const lists = paths.filter((found): found is readonly string[] => !(found instanceof Failure))
    wanted.set(stage.address, lists.length === 1 ? lists[0] : [...new Set(lists.flat())])
  }
  if (wanted.size === 0) return { of: new Map(), diagnostics }
  const all = [...new Set([...walked.values()].flatMap((found) => (found instanceof Failure ? [] : found)))]
  const { digests, failed } = await context.digests(all.map((path) => join(root, path)))
  for (const [path, reason] of failed) {
    diagnostics.push({
      code: 'E403',
      severity: 'error',
      message: `cannot read the file ${sanitize(relative(root, path))}: ${reason}`,
      help: ['make it readable, or take it out of files'],
    })
  }
  const made = new Map<readonly string[], ProjectFiles>()
  const of = new Map<string, ProjectFiles>()
  for (const [address, paths] of wanted) {
    of.set(
      address,
      remember(made, paths, () => {
        const files = paths.flatMap((path) => {
          const digest = digests.get(join(root, path))
          return digest === undefined ? [] : [{ path, digest }]
        })
        return { files, digest: digestValue('project files', files) }
      }),
    )
  }
  return { of, diagnostics }
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
