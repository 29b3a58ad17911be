import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Nearest package.json above this file: the same in the sources and in the compiled tree. */
function ownVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name: string
        version: string
      }
      if (name === 'flawline') return version
    } catch {
      if (folder === dirname(folder)) return 'unknown'
    }
  }
}

/** What computed a run. */
export const readVersions = (): Readonly<Record<string, string>> => ({
  flawline: ownVersion(),
  node: process.versions.node,
})

/** Another one after each build and install; undefined where the sources run as they are, as in tests. */
export function programMark(): string | undefined {
  if (import.meta.filename.endsWith('.ts')) return undefined
  return `${ownVersion()} ${statSync(import.meta.filename).mtimeMs}`
}
