import { accessSync, constants, lstatSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { shownPath } from '../../base/shown-path.ts'
import type { SpecStage } from '../spec/spec.ts'

/**
 * What stands against the folder that a run would write its outputs to: it lies in a folder that is acquired, which is
 * never written to (E106), or no folder can be made there (E403). Nothing where these stages write none.
 */
export function checkOutputs(folder: string | undefined, stages: readonly SpecStage[], root: string): Diagnostic[] {
  const writing = stages.find(({ implicit }) => implicit === true)
  if (folder === undefined || writing === undefined) return []
  const at = writing.placeOf()
  const acquired = stages.find((stage) => inputsOf(stage, root).some((input) => holds(input, folder)))
  if (acquired !== undefined) {
    const message = `outputs lies in the folder that ${acquired.name} reads, and input folders are never written to`
    return [{ code: 'E106', severity: 'error', message, at, help: ['write a folder beside it, such as outputs/demo'] }]
  }
  const blocking = blockerOf(folder)
  if (blocking === undefined) return []
  const message = `cannot write to the outputs folder: ${shownPath(blocking, root)} is no writable folder`
  return [{ code: 'E403', severity: 'error', message, at, help: ['make it one, or change outputs: in the spec'] }]
}

/** The folders a source reads, absolute. */
function inputsOf({ kind, settings }: SpecStage, root: string): string[] {
  if (kind.shape !== 'source') return []
  const paths = Object.entries(kind.settings.properties).filter(
    ([, schema]) => (schema as { 'x-path'?: boolean })['x-path'] === true,
  )
  return paths.flatMap(([name]) => (typeof settings[name] === 'string' ? [resolve(root, settings[name])] : []))
}

/** Whether a folder is another one or holds it, symlinks followed. */
function holds(outer: string, inner: string): boolean {
  const [a, b] = [realPath(outer), realPath(inner)]
  return a === b || b.startsWith(a.endsWith(sep) ? a : a + sep)
}

/** The real path of what may not exist yet: that of its nearest existing folder, and the rest. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path === dirname(path) ? path : join(realPath(dirname(path)), basename(path))
  }
}

/** The nearest thing on the way to a folder that exists, where it is no folder that can be written to. */
function blockerOf(path: string): string | undefined {
  if (!isThere(path) && path !== dirname(path)) return blockerOf(dirname(path))
  try {
    accessSync(path, constants.W_OK)
    return statSync(path).isDirectory() ? undefined : path
  } catch {
    return path
  }
}

/** Also true for a symlink that leads nowhere. */
function isThere(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}
