import { isAbsolute, join, resolve } from 'node:path'

/** Where a project keeps its state; all absolute. */
export interface Folders {
  readonly root: string
  readonly state: string
  readonly cache: string
  readonly weights: string
  readonly runs: string
}

/** The part of the environment that the runner follows; `cli/environment.ts` reads it. */
export interface RunnerEnvironment {
  readonly stateDir?: string
  readonly cacheDir?: string
  readonly weightsDir?: string
  readonly cacheMaxBytes?: number
  /** All variables, for commands: they see what their stage declares. */
  readonly variables: Readonly<Record<string, string | undefined>>
}

export function foldersOf(root: string, { stateDir, cacheDir, weightsDir }: RunnerEnvironment): Folders {
  const state = stateDir === undefined ? join(root, '.pipeline') : absolute(stateDir, root)
  return {
    root,
    state,
    cache: cacheDir === undefined ? join(state, 'cache') : absolute(cacheDir, root),
    weights: weightsDir === undefined ? join(state, 'weights') : absolute(weightsDir, root),
    runs: join(state, 'runs'),
  }
}

const absolute = (path: string, root: string): string => (isAbsolute(path) ? path : resolve(root, path))
