import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { PYTHON_PACKAGES, ROOT } from './python.ts'

const NPM_PACKAGES = ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp', 'lmdb']

/** Whether other work would show in what is measured. */
export const isLoaded = (): boolean => loadavg()[0] > availableParallelism() / 4

/** `AMD EPYC, 2 cores, 24 GB, Linux 6.1, load 0.1 before`; the load is that of the last minute. */
export function describeMachine(): string {
  const memoryGb = Math.round(totalmem() / 1e9)
  const load = loadavg()[0].toFixed(1)
  return `${cpus()[0].model.trim()}, ${availableParallelism()} cores, ${memoryGb} GB, ${type()} ${release().split('.', 2).join('.')}, load ${load} before`
}

/** `commit 1a2b3c4, node 20.20.2, onnxruntime-node 1.30.0, ...`. */
export function ownVersions(): string[] {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], { cwd: ROOT, encoding: 'utf8' })
  return [
    ...(git.status === 0 ? [`commit ${git.stdout.trim()}`] : []),
    `node ${process.versions.node}`,
    ...NPM_PACKAGES.map((name) => `${name} ${npmVersion(name)}`),
  ]
}

function npmVersion(name: string): string {
  const manifest = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

const PRINT_VERSIONS = `
import platform, sys
from importlib.metadata import version
print("python", platform.python_version())
for name in sys.argv[1:]:
    print(name, version(name))
`

/** `python 3.11.7, torch 2.15.0, ...` of an interpreter. */
export const pythonVersions = (python: string): string[] =>
  spawnSync(python, ['-c', PRINT_VERSIONS, ...PYTHON_PACKAGES], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
