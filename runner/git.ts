import { execFileSync } from 'node:child_process'

/** Commit and dirtiness of the project, for the record; null where it is no git checkout. */
export function gitState(root: string): { commit: string; dirty: boolean } | null {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 2000 })
  try {
    return {
      commit: git('rev-parse', '--short', 'HEAD').trim(),
      dirty: git('status', '--porcelain', '--untracked-files=no').length > 0,
    }
  } catch {
    return null
  }
}
