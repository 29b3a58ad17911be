// Makes a clone ready: installs packages when the lock file changed, compiles when a source did. Quick when nothing is due.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

process.chdir(join(import.meta.dirname, '..'))
const ROOMS = [
  'base',
  'engine',
  'imaging',
  'metrics',
  'models',
  'artifacts',
  'cache',
  'stages',
  'runner',
  'ui',
  'cli',
  'bench',
]
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

function step(title, command, args) {
  process.stderr.write(`${title}\n`)
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}

function newestSource(folder) {
  return Math.max(
    modified(folder),
    ...readdirSync(folder, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? newestSource(join(folder, entry.name)) : modified(join(folder, entry.name)),
    ),
  )
}

const installed = modified('node_modules/.package-lock.json')
if (installed === 0 || installed < modified('package-lock.json')) {
  step('installing packages (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund'])
  utimesSync('node_modules/.package-lock.json', new Date(), new Date())
}
const sources = Math.max(modified('scripts/build.mjs'), modified('scripts/bundle.mjs'), ...ROOMS.map(newestSource))
if (modified('dist/pipeline.js') < sources) step('compiling', process.execPath, ['scripts/build.mjs'])
