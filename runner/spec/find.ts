import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { nearestNames } from '../../base/nearest.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { shownPath } from '../../base/shown-path.ts'
import { sanitize } from '../../base/sanitize.ts'

const ENDINGS = ['', '.yaml', '.yml']
const FOLDER = 'pipelines'

/** The project root of a working folder: the nearest parent, itself first, that holds `.pipeline/` or `pipelines/`, else the folder itself. */
export function findRoot(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.pipeline')) || existsSync(join(folder, FOLDER))) return folder
    if (folder === dirname(folder)) return resolve(cwd)
  }
}

/** Names of the specs in `ROOT/pipelines`, without endings, sorted. */
export async function listSpecs(root: string): Promise<string[]> {
  const entries = await readdir(join(root, FOLDER), { withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => !entry.isDirectory() && ENDINGS.slice(1).includes(extname(entry.name)))
  return [...new Set(files.map(({ name }) => basename(name, extname(name))))].sort()
}

/**
 * The file that a SPEC argument means: first from the working folder, then, for a bare name, in `ROOT/pipelines`;
 * each as given, with `.yaml`, with `.yml`. Gives an absolute path, or `-` for standard input. None is E002.
 */
export async function findSpec(
  argument: string,
  { cwd, root }: { readonly cwd: string; readonly root: string },
): Promise<Result<string, Diagnostic>> {
  if (argument === '-') return ok('-')
  const folders = /[/\\]/.test(argument) ? [cwd] : [cwd, join(root, FOLDER)]
  const places = [
    ...new Set(folders.flatMap((folder) => ENDINGS.map((ending) => resolve(folder, `${argument}${ending}`)))),
  ]
  for (const place of places) if (argument !== '' && (await isFile(place))) return ok(place)
  const known = await listSpecs(root)
  const near = nearestNames(basename(argument, extname(argument)), known)
  return err({
    code: 'E002',
    severity: 'error',
    message: `no spec "${sanitize(argument)}"`,
    help: [
      ...(near.length > 0 ? [`did you mean ${near.join(', ')}?`] : []),
      `tried ${places.map((place) => sanitize(shownPath(place, cwd))).join(', ')}`,
      known.length > 0 ? `specs in ${FOLDER}: ${known.join(', ')}` : `there are no specs in ${FOLDER}/`,
    ],
  })
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isFile(),
    () => false,
  )
