import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseGlob } from '../../base/glob.ts'
import { walkFiles } from '../../runner/walk-files.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'flawline-walk-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function write(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), path)
  }
}

const found = (pattern: string): string[] => walkFiles(root, parseGlob(pattern))

test('names come in the order of their bytes, folder by folder', async () => {
  await write('d/b', 'd/B', 'd/a/z', 'd/a-b', 'd/é', 'd/\u{1f600}', 'd/\uffee')
  expect(found('d/**')).toEqual(['d/B', 'd/a/z', 'd/a-b', 'd/b', 'd/é', 'd/\uffee', 'd/\u{1f600}'])
})

test('a folder stands for all in it but hidden names', async () => {
  await write('d/a', 'd/e/b', 'd/.hidden', 'd/.git/config')
  expect(found('d')).toEqual(['d/a', 'd/e/b'])
})

test('a file stands for itself, and nothing for nothing', async () => {
  await write('d/a')
  expect(found('d/a')).toEqual(['d/a'])
  expect(found('d/b')).toEqual([])
  expect(found('x/*')).toEqual([])
})

test('a symlink is followed inside the project, once around', async () => {
  await write('real/a')
  await symlink('real', join(root, 'link'))
  await symlink('..', join(root, 'real/up'))
  await symlink('nowhere', join(root, 'real/broken'))
  expect(found('link')).toEqual(['link/a'])
})

test('a symlink that leads out of the project is E218', async () => {
  await mkdir(join(root, 'd'))
  await symlink('/etc/passwd', join(root, 'd/a'))
  expect(() => found('d/*')).toThrow('d/a is a symlink that leads out of the project')
})

test.skipIf(process.getuid?.() === 0)('a folder that cannot be read is E403', async () => {
  await write('d/a')
  await chmod(join(root, 'd'), 0)
  expect(() => found('d/*')).toThrow('cannot read the folder d: EACCES')
  await chmod(join(root, 'd'), 0o755)
})
