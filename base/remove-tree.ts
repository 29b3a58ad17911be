import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Makes every folder writable first; goes step by step, so that no path is too long. */
const BY_FORCE = 'chmod -R u+rwx "$1"; rm -rf "$1"'

/** Removes a folder with all in it, also folders without the right to write, as some programs leave them, and paths too long for the system. What cannot be removed stays. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch {
    await promisify(execFile)('/bin/sh', ['-c', BY_FORCE, 'sh', path]).catch(() => {})
  }
}
