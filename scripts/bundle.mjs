import { dirname, join, relative, resolve } from 'node:path'
import { rolldown, watch } from 'rolldown'

const ROOT = join(import.meta.dirname, '..')

/** Files that run as processes or threads of their own are named `new URL('./it.js', import.meta.url)`: each becomes an entry, DIR/room/it.js. */
const findPrograms = (found) => ({
  name: 'programs',
  transform(code, id) {
    const linked = code.replace(/new URL\('(\.[^']+)\.js', import\.meta\.url\)/g, (_, path) => {
      const file = resolve(dirname(id), path)
      found.add(`${file}.ts`)
      const program = this.emitFile({ type: 'chunk', id: `${file}.ts`, fileName: `${relative(ROOT, file)}.js` })
      return `new URL(import.meta.ROLLUP_FILE_URL_${program})`
    })
    return linked === code ? null : { code: linked, map: null }
  },
})

function settings(input, dir, groups) {
  const programs = new Set() // they work when they are imported, so nothing else may be put with them
  return {
    input,
    cwd: ROOT,
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [findPrograms(programs)],
    checks: { ineffectiveDynamicImport: false },
    output: {
      dir,
      sourcemap: true,
      codeSplitting: {
        groups: groups.map(({ name, test }) => ({ name, test: (id) => !programs.has(id) && test(id) })),
      },
    },
  }
}

/**
 * Compiles sources (entry name -> file) with all they import of the project into DIR/NAME.js and files beside it that
 * they share. A group, { name, test(path) }, is the one file of all sources that it accepts.
 */
export async function bundle(input, dir, groups = []) {
  const { output, ...rest } = settings(input, dir, groups)
  const bundler = await rolldown(rest)
  await bundler.write(output)
  await bundler.close()
}

/** The same again after every change of a source, until the process ends. */
export function bundleOnChange(input, dir, groups) {
  watch(settings(input, dir, groups)).on('event', ({ code, error }) => {
    if (code === 'END') process.stderr.write('compiled\n')
    if (code === 'ERROR') process.stderr.write(`${error.message}\n`)
  })
}
