import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cacheBytes } from '../../cache/size.ts'

/** Makes and removes folders as another run does with its staging, until it is killed. */
const OTHER_RUN = `
  const { mkdirSync, rmSync } = require('node:fs')
  process.stdout.write('.')
  for (let i = 0; ; i++) {
    for (let n = 0; n < 20; n++) mkdirSync('staging/' + i + '-' + n + '/inner', { recursive: true })
    rmSync('staging', { recursive: true })
  }
`

test('the cache is measured while another run removes folders', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flawline-size-'))
  writeFileSync(join(folder, 'one'), '12345')
  mkdirSync(join(folder, 'kept'))
  writeFileSync(join(folder, 'kept/two'), '123')
  const other = spawn(process.execPath, ['-e', OTHER_RUN], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(other, 'exit')
  try {
    await once(other.stdout, 'data')
    for (let i = 0; i < 1000; i++) expect(cacheBytes(folder)).toBe(8)
  } finally {
    other.kill('SIGKILL')
    await ended
  }
})
