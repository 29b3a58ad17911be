import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../base/make-folder.ts'
import { mountType, networkFileSystem } from '../../cache/file-system.ts'

const MOUNTS = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
70 22 0:45 / /home/me/far rw,nosuid,nodev shared:1 - fuse.sshfs me@far:/data rw,user_id=1000
71 22 0:46 / /mnt/near rw,nosuid - fuseblk /dev/sdb1 rw
`

test.each([
  ['254:0', 'ext4'],
  ['0:45', 'fuse.sshfs'],
  ['0:46', 'fuseblk'],
  ['0:99', undefined],
])('the device %s is mounted as %s', (device, type) => {
  expect(mountType(MOUNTS, device)).toBe(type)
})

test('a folder that is not there yet is judged by what leads to it', () => {
  expect(networkFileSystem(join(tmpdir(), 'not', 'there', 'yet'))).toBeUndefined()
})

test('a folder is made with all that lead to it, and once more is no error', () => {
  const base = mkdtempSync(join(tmpdir(), 'flawline-folder-'))
  makeFolder(join(base, 'a/b/c'))
  makeFolder(join(base, 'a/b/c'))
  expect(statSync(join(base, 'a/b/c')).isDirectory()).toBe(true)
  rmSync(base, { recursive: true })
})

test('a folder that cannot be made is an error at once, also where the file system says ENOENT', () => {
  expect(() => makeFolder('/proc/x/y')).toThrow('ENOENT')
})
