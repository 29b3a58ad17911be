import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Writes a file under another name and then gives it its own, so that nobody reads half of it. Throws the system's error, and leaves nothing behind. */
export function writeWhole(path: string, text: string): void {
  const part = `${path}.part`
  try {
    writeFileSync(part, text)
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}
