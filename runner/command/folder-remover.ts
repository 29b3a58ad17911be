import { spawn } from 'node:child_process'
import { removeTree } from '../../base/remove-tree.ts'

/** Folders of commands that ran no longer than this are gathered, until they are so many or one has lain for so long. */
const BRIEF_MS = 1000
const MOST = 2000
const GATHER_MS = 10_000

/**
 * Removes folders of commands that ended. One by one and file by file that takes as long as a small command, and some file
 * systems (ext4 without a journal) are slow to make files where others were just removed. So those of brief commands,
 * which cannot hold much, are left to one program that removes many.
 */
export class FolderRemover {
  #waiting: string[] = []
  #timer: NodeJS.Timeout | undefined
  readonly #removing = new Set<Promise<void>>()

  /** Takes a folder that is `ageMs` old away soon. */
  remove(folder: string, ageMs: number): void {
    this.#waiting.push(folder)
    if (ageMs > BRIEF_MS || this.#waiting.length >= MOST) this.#start()
    else this.#timer ??= setTimeout(() => this.#start(), GATHER_MS)
  }

  /** Resolves when all are gone, or could not be removed: then a later run takes them away. */
  async finish(): Promise<void> {
    this.#start()
    await Promise.all(this.#removing)
  }

  #start(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.length === 0) return
    const removing = removeAll(this.#waiting).finally(() => this.#removing.delete(removing))
    this.#removing.add(removing)
    this.#waiting = []
  }
}

async function removeAll(folders: readonly string[]): Promise<void> {
  const isDone = await new Promise<boolean>((resolve) => {
    const program = spawn('rm', ['-rf', '--', ...folders], { stdio: 'ignore' })
    program.on('error', () => resolve(false))
    program.on('exit', (code) => resolve(code === 0))
  })
  if (isDone) return
  for (const folder of folders) await removeTree(folder)
}
