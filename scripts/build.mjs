// Compiles the sources into dist/, with --watch after every change. Few files: loading hundreds takes longer than a run that has nothing to do.
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { bundle, bundleOnChange } from './bundle.mjs'

process.chdir(join(import.meta.dirname, '..'))
/** What the command line needs before it knows which command was typed, and for its help. */
const FIRST = ['cli/main.ts', 'cli/parse.ts', 'cli/help-text.ts', 'cli/io.ts', 'runner/spec/find.ts']
/** What nearly every run loads of the project itself, and of others. */
const OFTEN =
  /^(base|artifacts|cache|runner(?!\/(host|explain|history))|ui(?!\/page)|cli\/(?!cache|weights)|stages(?!.*-task\.ts))\/.*\.ts$/
const LIGHT = ['commander', 'lmdb', 'p-queue']

const isOwn = (name) => /\.tsx?$/.test(name)
/** What a file imports at once, not when a function of it asks. */
const importsOf = (file) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)'/gm)].map(([, name]) =>
    name.startsWith('.') ? resolve(dirname(file), name) : name,
  )
/** Files and packages that come along with a file. */
function withImports(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  if (isOwn(file)) for (const name of importsOf(file)) withImports(name, found)
  return found
}
const loadsLittle = (file) =>
  [...withImports(file)].every((name) => isOwn(name) || name.startsWith('node:') || LIGHT.includes(name))
const first = new Set(FIRST.flatMap((file) => [...withImports(resolve(file))]))

const input = { pipeline: 'cli/main.ts', bench: 'bench/main.ts' }
const groups = [
  { name: 'first', test: (id) => first.has(id) },
  { name: 'core', test: (id) => OFTEN.test(relative('.', id)) && loadsLittle(id) },
]
rmSync('dist', { recursive: true, force: true })
await (process.argv.includes('--watch') ? bundleOnChange : bundle)(input, 'dist', groups)
