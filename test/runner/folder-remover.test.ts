import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderRemover } from '../../runner/command/folder-remover.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'flawline-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function folder(name: string): string {
  const path = join(root, name)
  mkdirSync(join(path, 'in'), { recursive: true })
  writeFileSync(join(path, 'in', 'file'), name)
  return path
}

test('folders of brief commands lie until they are asked to go', async () => {
  const remover = new FolderRemover()
  const [a, b] = [folder('a'), folder('-b')]
  remover.remove(a, 10)
  remover.remove(b, 10)
  expect([a, b].map(existsSync)).toEqual([true, true])
  await remover.finish()
  expect([a, b].map(existsSync)).toEqual([false, false])
})

test('one that is gone already does no harm, and further ones go as well', async () => {
  const remover = new FolderRemover()
  remover.remove(join(root, 'none'), 5000)
  remover.remove(folder('a'), 5000)
  await remover.finish()
  expect(existsSync(join(root, 'a'))).toBe(false)
})
