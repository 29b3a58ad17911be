import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { inspect } from 'node:util'
import { sanitize } from '../base/sanitize.ts'
import { readVersions } from '../runner/versions.ts'
import { makeFolder } from '../base/make-folder.ts'

/** Keeps the trace of a bug in STATE/traces and gives the E901 text that says where. */
export function writeTrace(error: unknown, root: string): string {
  const message = error instanceof Error ? error.message.replace(/^Internal error: /, '') : String(error)
  const folder = join(root, '.pipeline', 'traces')
  const path = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}.txt`)
  const trace = [
    `argv ${JSON.stringify(process.argv.slice(2))}`,
    `versions ${JSON.stringify(readVersions())}`,
    inspect(error, { depth: 6 }),
    '',
  ].join('\n')
  const first = `error E901 internal error: ${sanitize(message)}\n`
  try {
    makeFolder(folder)
    writeFileSync(path, trace)
  } catch {
    return `${first}${trace}`
  }
  return `${first}  help  this is a bug in flawline; the trace lies in ${relative(process.cwd(), path)}\n`
}
