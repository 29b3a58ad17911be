import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Request } from '../benchmark.ts'
import { ROOT } from '../python.ts'
import { isOurs, type Tool } from './tool.ts'
import { dvc } from './tools/dvc.ts'
import { make } from './tools/make.ts'
import { ninja } from './tools/ninja.ts'
import { snakemake } from './tools/snakemake.ts'
import { turbo } from './tools/turbo.ts'
import { wireit } from './tools/wireit.ts'

const PYTHON_PEERS = { dvc: '3.67.1', snakemake: '9.27.1', ninja: '1.13.2' }
const NPM_PEERS = { turbo: '2.11.11', wireit: '0.14.13' }

const FOLDER = join(ROOT, '.venv-bench/peers')

/** Peers of the runner at the versions above, installed once into `.venv-bench/peers/`; make is the machine's own. */
export function installPeers(tell: Request['tell']): Tool[] {
  const python = join(FOLDER, 'python')
  const npm = join(FOLDER, 'npm')
  const bin = join(npm, 'node_modules/.bin')
  const wanted = JSON.stringify({ ...PYTHON_PEERS, ...NPM_PEERS })
  const installed = join(FOLDER, 'installed')
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
    tell(`installing ${Object.keys(JSON.parse(wanted) as object).join(', ')} into .venv-bench/peers/, once`)
    must('python3', ['-m', 'venv', python])
    const packages = Object.entries(PYTHON_PEERS).map(([name, version]) => `${name}==${version}`)
    must(join(python, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages])
    mkdirSync(npm, { recursive: true })
    writeFileSync(join(npm, 'package.json'), '{"private":true}')
    const pinned = Object.entries(NPM_PEERS).map(([name, version]) => `${name}@${version}`)
    must('npm', ['install', '--prefix', npm, '--no-audit', '--no-fund', '--save-exact', ...pinned])
    writeFileSync(installed, wanted)
  }
  const command = (name: string): string => join(python, 'bin', name)
  const says = spawnSync('make', ['--version'], { encoding: 'utf8' })
  return [
    ...(says.status === 0 ? [make(/[\d.]+/.exec(says.stdout)?.[0] ?? '')] : []),
    ninja(command('ninja'), PYTHON_PEERS.ninja),
    snakemake(command('snakemake'), PYTHON_PEERS.snakemake),
    dvc(command('dvc'), PYTHON_PEERS.dvc),
    turbo(join(bin, 'turbo'), NPM_PEERS.turbo),
    wireit(bin, NPM_PEERS.wireit),
  ]
}

/** `make 4.3, ninja 1.13.2, ...`. */
export const versionsOf = (tools: readonly Tool[]): string =>
  tools
    .filter((tool) => !isOurs(tool))
    .map(({ name, version }) => `${name} ${version}`)
    .join(', ')

function must(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} ... failed: see above`)
}
