import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

interface Bundler {
  readonly bundle: (input: Record<string, string>, folder: string) => Promise<void>
}

/** A source file of the project as a module that plain Node can import; gives its path. */
export async function compiled(source: string): Promise<string> {
  const { bundle } = (await import(join(ROOT, 'scripts/bundle.mjs'))) as Bundler
  const folder = join(ROOT, 'node_modules/.cache/compiled', source) // beside the packages that it imports
  await bundle({ module: source }, folder)
  return join(folder, 'module.js')
}
