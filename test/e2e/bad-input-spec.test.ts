import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closedFormulaCheckpoint, writeTorchZip } from '../../bench/closed-formula-checkpoint.ts'
import { COMMAND, contents, type Finished, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let project: Project

beforeEach(async () => {
  project = await makeProject()
  await writeParts(project, 'data')
  await project.write('pipelines/small.yaml', smallSpec())
})
afterEach(() => project.dispose())

const at = (...path: string[]): string => join(project.root, ...path)

const told = ({ stderr }: Pick<Finished, 'stderr'>): string[] =>
  stderr.split('\n').filter((line) => /(^| )(error|warning) [EW]\d{3} /.test(line))

/** The command with more in its environment or on its standard input. */
function pipeline(args: readonly string[], more: { env?: Record<string, string>; input?: string } = {}): Finished {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
    cwd: project.root,
    encoding: 'utf8',
    env: { ...process.env, CI: '', ...more.env },
    input: more.input ?? '',
  })
  return { code: status, signal, stdout, stderr }
}

describe('a spec', () => {
  test('with faults of every kind has them told at once, at their places', async () => {
    await project.write(
      'pipelines/faulty.yaml',
      `version: 1
name: faulty
colour: red
seed: -1.5
params: { data: data }
stages:
  acquire:  { uses: acquire/foldr, with: { dir: "\${params.dtaa}" } }
  split:    { uses: split/by-part, needs: [acquire], with: { held_out: "x", bogus: 1 } }
  extract:  { uses: extract/mobilenet-v2, needs: [split, score], with: { size: 64 } }
  score:    { uses: score/top-k, needs: [extract, nope], with: { top_k: -4 } }
  "odd\\e[2J": { uses: train/pca }
`,
    )
    const checked = await project.pipeline('check', 'faulty')
    expect(checked.code).toBe(2)
    expect(checked.stdout).toBe('')
    expect(told(checked)).toEqual([
      'pipelines/faulty.yaml:3:1 error E104 unknown key colour in the spec',
      'pipelines/faulty.yaml:4:7 error E105 seed must be a whole number, found -1.5',
      'pipelines/faulty.yaml:7:21 error E112 unknown stage kind "acquire/foldr"',
      'pipelines/faulty.yaml:7:59 error E132 no parameter dtaa',
      'pipelines/faulty.yaml:8:72 error E105 split.held_out must be a number, found "x"',
      'pipelines/faulty.yaml:8:77 error E104 unknown key bogus in split.with',
      'pipelines/faulty.yaml:9:58 error E120 cycle: extract needs score, score needs extract',
      'pipelines/faulty.yaml:10:51 error E122 score needs nope, which is no stage of this spec',
      'pipelines/faulty.yaml:10:73 error E106 score.top_k must be at least 1, found -4',
      'pipelines/faulty.yaml:11:3 error E106 "odd\\x1b[2J" in stages is not a stage name',
    ])
    expect(await readdir(project.root)).toEqual(['data', 'pipelines'])
  })

  test('that is empty, binary, a folder or not there', async () => {
    await project.write('pipelines/empty.yaml', '')
    await project.write('pipelines/binary.yaml', Buffer.from([0x00, 0xff, 0x1b, 0x5b, 0x32, 0x4a]))
    await mkdir(at('pipelines/folder.yaml'))
    const checked = await project.pipeline('check', 'empty', 'binary', 'folder', 'no\u001b[2J')
    expect(checked.code).toBe(2)
    expect(told(checked)).toEqual([
      'pipelines/empty.yaml:1:1 error E101 the spec is empty',
      'pipelines/binary.yaml:1:1 error E101 cannot read pipelines/binary.yaml: it is not UTF-8 text',
      'error E002 no spec "folder"',
      'error E002 no spec "no\\x1b[2J"',
    ])
  })

  test('from standard input is a spec like others', () => {
    expect(pipeline(['check', '-'], { input: smallSpec() }).stdout).toBe('ok  <stdin>  9 stages, 12 images, 3 masks\n')
    expect(told(pipeline(['run', '-'], { input: 'version: 1\nname: [x' }))[0]).toMatch(/^<stdin>:2:9 error E101 /)
  })

  test('is not planned where its values are nonsense; each --set has its own place', async () => {
    const planned = await project.pipeline(
      ...['plan', 'small', '--set', 'nonsense', '--set', 'acquire.dirr=1', '--set', '__proto__.x=1'],
      ...['--set', 'seed=abc', '--set', 'extract.size=.nan', '--set', 'acquire.fields=\u001b[2J'],
    )
    expect(planned).toMatchObject({ code: 2, stdout: '' })
    expect(told(planned).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'error E004 no path and value in --set "nonsense"',
      'error E104 unknown key dirr in acquire.with',
      'error E004 no stage __proto__',
      'error E105 seed must be a whole number, found "abc"',
      'error E105 .nan is no finite number',
      'error E101 character \\x1b in the text',
    ])
  })

  test('whose data is missing is told, and no figures are made up for it', async () => {
    const planned = await project.pipeline('plan', 'small', '--set', 'acquire.dir=elsewhere')
    expect(planned).toMatchObject({ code: 2, stdout: '' })
    expect(told(planned)[0]).toMatch(/ error E210 no image found: no such folder$/)
  })
})

describe('checkpoints', () => {
  let checkpoint: Uint8Array
  beforeAll(() => {
    checkpoint = closedFormulaCheckpoint('efficientnet-b0')
  })

  async function add(file: string, bytes: Uint8Array): Promise<Finished> {
    await project.write(file, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return project.pipeline('weights', 'add', file, '--name', 'b0', '--sha256', sha256)
  }

  test('that are cut short, of another network, not finite or no checkpoint are not kept', async () => {
    const one = { shape: [1], data: Float32Array.of(1) }
    const refused = [
      await add('cut.pth', checkpoint.subarray(0, 3_000_000)),
      await add('empty.pth', new Uint8Array()),
      await add('text.pth', Buffer.from('these are no weights \u001b[2J')),
      await add('other.pth', writeTorchZip(new Map([['w', one]]))),
      await add('diverged.pth', writeTorchZip(new Map([['w', { ...one, data: Float32Array.of(Number.NaN) }]]))),
      await project.pipeline('weights', 'add', 'gone.pth'),
      await project.pipeline('weights', 'add', 'data'),
    ]
    expect(refused.map(({ code }) => code)).toEqual([4, 4, 4, 4, 4, 4, 4])
    expect(refused.flatMap(told)).toEqual([
      'error E304 cut.pth: checkpoint unreadable: cut short, the archive has no end record, at byte 3,000,000',
      'error E304 empty.pth: checkpoint unreadable: cut short, 1 bytes wanted, 0 left, at byte 0',
      'error E304 text.pth: checkpoint unreadable: not a pickle (no mark), at byte 1',
      'error E303 other.pth: checkpoint of another network: this looks like no network known here, its first tensor is "w"',
      'error E304 diverged.pth: checkpoint unusable: w holds values that are not finite',
      'error E403 cannot read gone.pth: ENOENT',
      'error E403 cannot read data: it is no file',
    ])
    expect(await readdir(project.root)).not.toContain('.pipeline')
  })

  test('that went or changed after they were added are told: while planning, or where they are read', async () => {
    await project.write('pipelines/b0.yaml', smallSpec().replace('mobilenet-v2', 'efficientnet-b0'))
    const missing = await project.pipeline('check', 'b0')
    expect(missing.code).toBe(2)
    expect(told(missing)).toEqual(['pipelines/b0.yaml:8:21 error E301 weights efficientnet-b0 are missing'])

    expect((await add('b0.pth', checkpoint)).code).toBe(0)
    const kept = at((await project.pipeline('weights', 'path', 'b0')).stdout.trim())
    const bytes = await readFile(kept)
    await writeFile(kept, Buffer.from(bytes).fill(7, 5_000_000, 5_000_100))
    const changed = await project.pipeline('run', 'b0')
    expect(changed.code).toBe(1)
    expect(changed.stderr).toMatch(/extract +failed +E302 the weights file \S+ no longer has the digest/)

    await truncate(kept, 1000)
    const cut = await project.pipeline('run', 'b0')
    expect(cut.code).toBe(4)
    expect(told(cut)).toEqual([
      `pipelines/b0.yaml:8:21 error E302 weights b0 have changed: b0.pth has 1,000 bytes, ${checkpoint.length.toLocaleString('en')} were added`,
    ])
    await rm(kept)
    expect(told(await project.pipeline('check', 'b0'))).toEqual([
      'pipelines/b0.yaml:8:21 error E301 weights b0 are missing: b0.pth was added, and its file is gone',
    ])
  })
})

describe('places that cannot be written to', () => {
  test('outputs inside the images are refused, through symlinks too; the images stay as they are', async () => {
    const before = await contents(at('data'))
    await symlink('data', at('link'))
    const [inside, linked] = [
      await project.pipeline('run', 'small', '--set', 'outputs=data/results'),
      await project.pipeline('plan', 'small', '--set', 'outputs=link'),
    ]
    for (const { code, stderr } of [inside, linked]) {
      expect(code).toBe(2)
      expect(told({ stderr })).toEqual([
        '--set:1:9 error E106 outputs lies in the folder that acquire reads, and input folders are never written to',
      ])
    }
    expect(await contents(at('data'))).toEqual(before)
  })

  test('a file in the place of outputs, of the state or of parts of the cache is E403 before anything is computed', async () => {
    await project.write('outputs', 'mine')
    await project.write('taken', 'mine')
    const blocked = await project.pipeline('run', 'small')
    expect(blocked.code).toBe(4)
    expect(told(blocked)).toEqual([
      'pipelines/small.yaml:4:10 error E403 cannot write to the outputs folder: outputs is no writable folder',
    ])
    await rm(at('outputs'))
    for (const env of [{ PIPELINE_STATE_DIR: 'taken' }, { PIPELINE_CACHE_DIR: 'taken' }]) {
      const { code, stderr } = pipeline(['run', 'small'], { env })
      expect(code).toBe(4)
      expect(told({ stderr })).toEqual([expect.stringContaining('error E403 cannot write to ')])
      expect(stderr).toContain('  help  make it writable, or point PIPELINE_')
    }
    await rm(at('.pipeline'), { recursive: true })
    await project.write('.pipeline/cache/tensors', 'mine')
    expect(told(await project.pipeline('run', 'small'))).toEqual([
      expect.stringContaining('error E403 cannot write to the cache folder '),
    ])
    expect(await readFile(at('taken'), 'utf8')).toBe('mine')
    await expect(stat(at('outputs'))).rejects.toThrow('ENOENT')
  })

  test('a cache bound that the run cannot keep is E505 before its first stage', () => {
    const { code, stderr } = pipeline(['run', 'small'], { env: { PIPELINE_CACHE_MAX: '1K' } })
    expect(code).toBe(5)
    expect(told({ stderr })).toEqual([
      expect.stringMatching(/^error E505 this run adds about .* to the cache, which may hold 1.0 kB$/),
    ])
    expect(stderr).not.toContain('extract')
  })
})
