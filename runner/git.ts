import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Commit and dirtiness of the project, for the record; null where it is no git checkout. */
export async function gitState(root: string): Promise<{ commit: string; dirty: boolean } | null> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', ['-C', root, ...args], { timeout: 2000 })).stdout
  try {
    const [commit, changes] = await Promise.all([
      git('rev-parse', '--short', 'HEAD'),
      git('status', '--porcelain', '--untracked-files=no'),
    ])
    return { commit: commit.trim(), dirty: changes.length > 0 }
  } catch {
    return null
  }
}
