import { readdirSync, readFileSync, statSync } from 'node:fs'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Item, picture } from '../../artifacts/items.ts'
import { digestBytes } from '../../base/digest.ts'
import { seededRandom } from '../../base/random.ts'
import { decodeImage, decodeMask } from '../../imaging/decode.ts'
import { encodePng } from '../../imaging/encode.ts'
import { applyOperations, type Operation } from '../../imaging/operations.ts'
import { blankRaster } from '../../imaging/raster.ts'
import { augmentPhotometric } from '../../stages/augment/photometric.ts'
import { withDefaults } from '../stages/image-folder.ts'
import { makeProject, type Project, SIZE, smallSpec, writeParts } from '../rig/project.ts'

const SPEC = `version: 1
name: kept
seed: 3
outputs: outputs
matrix: { axes: { gamma: [0.8, 1.25] } }
stages:
  acquire: { uses: acquire/folder, with: { dir: data }, keep: true }
  augment: { uses: augment/photometric, needs: [acquire], with: { copies: 2 } }
  enhance: { uses: enhance/classic, needs: [augment], with: { gamma: "\${matrix.gamma}" }, keep: true }
`
const KEPT = ['images/acquire', 'gamma=0.8/images/enhance', 'gamma=1.25/images/enhance']

let original: Project
let project: Project
let ids: string[]

beforeAll(async () => {
  original = await makeProject()
  ids = await writeParts(original, 'data')
  await original.write('pipelines/kept.yaml', SPEC)
  const first = await original.run('kept')
  expect(first.code, first.stdout + first.stderr).toBe(0)
  expect(first.states).toMatchObject({ 'acquire-images': 'done 12', 'enhance-images': 'done 24' })
})
afterAll(() => original.dispose())

beforeEach(async () => {
  project = await makeProject()
  await cp(original.root, project.root, { recursive: true, preserveTimestamps: true })
})
afterEach(() => project.dispose())

describe('a stage with keep', () => {
  test('has each of its images as a file, copies and masks too, by variant', () => {
    const stems = ids.map((id) => id.replace('.png', ''))
    const masks = stems.filter((stem) => stem.startsWith('test/nok/')).map((stem) => `masks/${stem}`)
    const copies = stems.filter((stem) => stem.startsWith('train/')).flatMap((stem) => [`${stem}@1`, `${stem}@2`])
    const [acquired, ...enhanced] = KEPT.map((folder) => filesIn(join(project.root, 'outputs', folder)))
    expect(masks).toHaveLength(3)
    expect(acquired).toEqual([...stems, ...masks].map((stem) => `${stem}.png`).sort())
    for (const files of enhanced)
      expect(files).toEqual([...stems, ...masks, ...copies].map((stem) => `${stem}.png`).sort())
  })

  test('has the px that its operations give', async () => {
    const id = firstOf('test/nok/')
    const source = await decodeImage(sourceOf(id))
    const kept = await decodeImage(keptFile('gamma=0.8/images/enhance', id))
    expect(kept).toEqual(applyOperations(source, [{ op: 'gamma', version: 1, g: 0.8 }]))
    expect(kept).not.toEqual(source)
    expect(await decodeImage(keptFile('images/acquire', id))).toEqual(source)
    const { mask } = await decodeMask(readFileSync(join(project.root, 'data/masks', id.slice('test/'.length))))
    expect((await decodeMask(keptFile('gamma=0.8/images/enhance/masks', id))).mask).toEqual(mask)
  })

  test('has the px of an augmented copy', async () => {
    const id = firstOf('train/')
    const digest = digestBytes(sourceOf(id))
    const item: Item = {
      id,
      copy: 0,
      image: picture({ type: 'file', digest }),
      split: 'train',
      label: 'ok',
      fields: {},
    }
    const { items } = augmentPhotometric.list([item], {
      settings: withDefaults(augmentPhotometric, { copies: 2 }),
      draw: (...purpose) => seededRandom(3, augmentPhotometric.kind, ...purpose),
    })
    const drawn = items[2].image.operations as readonly Operation[]
    expect(drawn.length).toBeGreaterThan(0)
    expect(await decodeImage(keptFile('gamma=1.25/images/enhance', id.replace('.png', '@2.png')))).toEqual(
      applyOperations(await decodeImage(sourceOf(id)), [...drawn, { op: 'gamma', version: 1, g: 1.25 }]),
    )
  })
})

describe('a second run', () => {
  // A copied file has another time, so a copied project writes its outputs once.
  beforeEach(async () => {
    await project.run('kept')
  })

  test('computes and writes nothing', async () => {
    const before = writtenIn(project)
    const { states } = await project.run('kept')
    expect([states['acquire-images'], states['enhance-images']]).toEqual(['fresh', 'fresh'])
    expect(writtenIn(project)).toEqual(before)
  })

  test('after one image changed rewrites the file of that image alone', async () => {
    const before = writtenIn(project)
    const id = firstOf('test/ok/')
    await writeFile(join(project.root, 'data', id), await encodePng(blankRaster(SIZE, SIZE, 3)))
    const { states } = await project.run('kept')
    expect([states['acquire-images'], states['enhance-images']]).toEqual(['done 1', 'done 1'])
    expect(changed(before, writtenIn(project))).toEqual(KEPT.map((folder) => `${folder}/${id}`).sort())
  })

  test('writes a file that was removed or altered, and leaves files of others', async () => {
    const [removed, altered] = ids.filter((id) => id.startsWith('test/ok/'))
    const folder = join(project.root, 'outputs/images/acquire')
    const content = readFileSync(join(folder, altered))
    await rm(join(folder, removed))
    await writeFile(join(folder, altered), 'mine')
    await writeFile(join(folder, 'notes.txt'), 'mine')
    const before = writtenIn(project)
    expect((await project.run('kept')).states['acquire-images']).toBe('fresh')
    expect(changed(before, writtenIn(project))).toEqual(
      [`images/acquire/${altered}`, `images/acquire/${removed}`].sort(),
    )
    expect(readFileSync(join(folder, altered))).toEqual(content)
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
  })

  test('removes the files of an image that is gone', async () => {
    const id = firstOf('test/nok/')
    await rm(join(project.root, 'data', id))
    await rm(join(project.root, 'data/masks', id.slice('test/'.length)))
    const before = writtenIn(project)
    await project.run('kept')
    const gone = KEPT.flatMap((folder) => [`${folder}/${id}`, `${folder}/masks/${id}`])
    expect(changed(before, writtenIn(project))).toEqual(gone.sort())
  })
})

test('each of two evaluate stages has its outputs in a folder of its own', async () => {
  const second = '  strict: { uses: evaluate/standard, needs: [score], with: { resamples: 60 } }\n'
  await project.write('pipelines/two.yaml', `${smallSpec()}${second}`)
  const { code, stdout } = await project.run('two')
  expect(code, stdout).toBe(0)
  for (const name of ['evaluate', 'strict'])
    expect(filesIn(join(project.root, 'outputs', name))).toEqual(expect.arrayContaining(['index.html', 'scores.csv']))
})

const firstOf = (start: string): string => ids.find((id) => id.startsWith(start))!
const sourceOf = (id: string): Uint8Array => readFileSync(join(project.root, 'data', id))
const keptFile = (folder: string, file: string): Uint8Array => readFileSync(join(project.root, 'outputs', folder, file))

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile() && !path.endsWith('.flawline.json'))
    .sort()

/** Every file of the outputs with what changes whenever it is written. */
const writtenIn = ({ root }: Project): ReadonlyMap<string, string> =>
  new Map(
    filesIn(join(root, 'outputs')).map((path) => {
      const { ino, mtimeMs } = statSync(join(root, 'outputs', path))
      return [path, `${ino} ${mtimeMs}`]
    }),
  )

/** Files that were written, added or removed. */
const changed = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).sort()
