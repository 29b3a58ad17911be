import { chmodSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../base/diagnostic.ts'
import { digestBytes, digestFile } from '../../base/digest.ts'
import type { ProjectFile } from '../../stages/stage.ts'
import type { ProjectFileRow } from './protocol.ts'

/** Larger files are copied by the file system, which may share blocks, and digested as a stream. */
const LARGE_BYTES = 8e6

/** A file of the project as a stage's code sees it, checked against the digest it was planned with. Failures: E403, E212. */
export function projectFile({ path, digest }: ProjectFileRow, root: string): ProjectFile {
  const source = join(root, path)
  const check = (found: string): void => {
    if (found !== digest) {
      throw new Failure('E212', 'the file changed while the run was going on', {
        at: { file: source },
        help: ['run again'],
      })
    }
  }
  const read = (): Uint8Array => {
    const bytes = attempt(source, () => readFileSync(source))
    check(digestBytes(bytes))
    return bytes
  }
  return {
    path,
    digest,
    read: () => Promise.resolve().then(read),
    async copyTo(target) {
      if (attempt(source, () => statSync(source)).size > LARGE_BYTES) {
        await copyFile(source, target, constants.COPYFILE_FICLONE)
        check(await digestFile(target))
        chmodSync(target, (await isScript(target)) ? 0o755 : 0o644)
      } else {
        const bytes = read()
        writeFileSync(target, bytes, { mode: bytes[0] === 0x23 && bytes[1] === 0x21 ? 0o755 : 0o644 })
      }
    },
  }
}

/** Whether it begins with `#!`: what can be executed follows from content, which is in the key, and not from a bit that is not. */
async function isScript(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(2), length: 2 })
    return buffer.toString('latin1') === '#!'
  } finally {
    await file.close()
  }
}

function attempt<T>(source: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw new Failure('E403', `cannot read the file: ${code}`, {
      at: { file: source },
      help: ['put it back, or take it out of files, and run again'],
    })
  }
}
