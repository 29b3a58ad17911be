import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The clone: this file runs as dist/bench.js. */
export const ROOT = join(import.meta.dirname, '..')

export const peerScript = (name: string): string => join(ROOT, 'bench/peers', name)

export const PYTHON_PACKAGES = ['torch', 'torchvision', 'numpy', 'opencv-python-headless', 'scikit-learn']
const IMPORTS = 'import torch, torchvision, numpy, cv2, sklearn'
const VENV = '.venv-bench'

/**
 * The interpreter that peers run in: the one `BENCH_PYTHON` names, else a virtual environment in `.venv-bench/`, made
 * where it is missing. Throws where the packages are not there and cannot be installed.
 */
export function findPython(named: string | undefined, tell: (text: string) => void): string {
  if (named !== undefined && named !== '') {
    must(run(named, ['-c', IMPORTS]), `BENCH_PYTHON is ${named}, which cannot ${IMPORTS}`)
    return named
  }
  const python = join(ROOT, VENV, 'bin/python')
  const installed = join(ROOT, VENV, 'installed')
  const wanted = PYTHON_PACKAGES.join('\n')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return python
  tell(`installing ${PYTHON_PACKAGES.join(', ')} into ${VENV}/, once; BENCH_PYTHON names an interpreter that has them`)
  const hint = 'set BENCH_PYTHON to an interpreter that has them'
  must(run('python3', ['-m', 'venv', join(ROOT, VENV)]), `python3 could not make ${VENV}/; ${hint}`)
  must(
    run(python, ['-m', 'pip', 'install', '--quiet', ...PYTHON_PACKAGES]),
    `pip could not install the packages; ${hint}`,
  )
  writeFileSync(installed, wanted)
  return python
}

const run = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status === 0

function must(done: boolean, otherwise: string): void {
  if (!done) throw new Error(otherwise)
}
