import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { digestBytes } from '../../base/digest.ts'
import { decodeImage } from '../../imaging/decode.ts'
import { decide } from '../../metrics/threshold.ts'
import { decideWithin, rangeOf } from '../../stages/export/limits.ts'
import { RUN_SCRIPT } from '../../stages/export/run-script.ts'
import type { TaskItem } from '../../stages/stage.ts'
import type { Split } from '../../artifacts/items.ts'
import { type Exported, exportScored, type Scored, scoreImages, type TestImage, withScore } from './export-rig.ts'

const SCRIPT = fileURLToPath(new URL('run-bundle.mjs', import.meta.url))
const DOCS = new URL('../../docs/bundle.md', import.meta.url)

let scored: Scored
let exported: Exported
beforeAll(async () => {
  scored = await scoreImages()
  exported = await exportScored(scored)
})

/** What a call fails with, as `CODE message`. */
async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (error instanceof Failure) return `${error.diagnostic.code} ${error.message}`
    throw error
  }
  return 'no failure'
}

async function folderOf({ files }: Exported): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes)
  return folder
}

/** Writes the items' original px as PNG files and runs the script over them: [score, decision] of each. */
async function runScript(folder: string, { items, render }: Scored): Promise<[score: number, decision: string][]> {
  const paths = await Promise.all(
    items.map(async (item, i) => {
      const { width, height, channels, data } = await render(item)
      const path = join(folder, `image ${i}.png`)
      await sharp(data, { raw: { width, height, channels } }).png().toFile(path)
      return path
    }),
  )
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, folder, ...paths])
  return stdout
    .trimEnd()
    .split('\n')
    .map((line, i): [number, string] => {
      expect(line.startsWith(`${paths[i]} `)).toBe(true)
      const [score, decision] = line.slice(paths[i].length + 1).split(' ')
      return [Number(score), decision]
    })
}

const decisionOf = (item: TaskItem): string =>
  decide(scored.scoreOf(item), { close: scored.thresholds.image.close, nok: scored.thresholds.image.nok! })

describe('export/onnx', () => {
  test('writes a graph, a manifest, thresholds, a notice and how to run it', () => {
    expect([...exported.files.keys()].sort()).toEqual([
      'NOTICE',
      'README.md',
      'manifest.json',
      'model.onnx',
      'thresholds.json',
    ])
    expect(exported.progress.at(-1)).toBe('12/12 images')
    expect(exported.log[1]).toMatch(
      /^12 images through the bundle: same decisions, scores differ by up to .* ms per image$/,
    )
  })

  test('a script that knows onnxruntime-node, sharp and the manifest gives the pipeline’s scores and decisions', async () => {
    const found = await runScript(await folderOf(exported), scored)
    const expected = scored.items.map(scored.scoreOf)
    const worst = Math.max(...found.map(([score], i) => Math.abs(score - expected[i])))
    expect(found.length).toBe(12)
    expect(worst).toBeLessThan(1e-4 * rangeOf(expected))
    expect(found.map(([, decision]) => decision)).toEqual(scored.items.map(decisionOf))
    expect(new Set(scored.items.map(decisionOf))).toEqual(new Set(['OK', 'CLOSE', 'NOK']))
  })

  test('equal inputs give equal bytes', async () => {
    const again = await exportScored(scored)
    const digests = ({ files }: Exported): string[] =>
      [...files].map(([name, bytes]) => `${name} ${digestBytes(bytes)}`)
    expect(digests(again)).toEqual(digests(exported))
  })

  test('the manifest names every other file with its digest, and what the graph expects', () => {
    const manifest = JSON.parse(exported.text('manifest.json')) as Record<string, unknown>
    const others = [...exported.files].filter(([name]) => name !== 'manifest.json')
    expect(manifest).toMatchObject({
      version: 1,
      graph: 'model.onnx',
      files: Object.fromEntries(
        others.map(([name, bytes]) => [name, { sha256: digestBytes(bytes), bytes: bytes.byteLength }]),
      ),
      input: { name: 'image', dtype: 'uint8', layout: 'HWC', colour: 'RGB', shape: ['height', 'width', 3] },
      enhance: [],
      working: { size: 128, fit: 'stretch', filter: 'bilinear' },
      reducer: { count: 5, border: 0, words: 'mean of the 5 largest cells' },
      map: { grid: 8, cell: 16, geometry: 'exact' },
      thresholds: 'thresholds.json',
      backbone: {
        network: 'mobilenet-v2',
        sha256: '470986ca5df183f41698da6de74b027d838fe289d77b5ab094497d350bee664e',
        licence: 'Apache-2.0',
      },
      model: { method: 'pca' },
    })
    expect(exported.text('NOTICE')).toContain('Licence:  Apache-2.0')
  })

  test('a limit moved in thresholds.json moves the decision, and no limit gives none', async () => {
    const folder = await folderOf(exported)
    const limits = JSON.parse(exported.text('thresholds.json')) as object
    const decisions = async (image: object): Promise<string[]> => {
      await writeFile(join(folder, 'thresholds.json'), JSON.stringify({ ...limits, image }))
      return (await runScript(folder, { ...scored, items: scored.items.slice(0, 2) })).map(([, decision]) => decision)
    }
    expect(await decisions({ close: null, nok: 0 })).toEqual(['NOK', 'NOK'])
    expect(await decisions({ close: 0, nok: 1e9 })).toEqual(['CLOSE', 'CLOSE'])
    expect(await decisions({ close: null, nok: null })).toEqual(['none', 'none'])
  })

  test('a damaged graph is refused by the script', async () => {
    const folder = await folderOf(exported)
    await writeFile(join(folder, 'model.onnx'), exported.files.get('model.onnx')!.slice(0, -1))
    await expect(runScript(folder, scored)).rejects.toThrow('model.onnx is damaged')
  })

  test('a pipeline score that the graph does not give fails and names the image', async () => {
    const [, item] = scored.items
    const range = rangeOf(scored.items.map(scored.scoreOf))
    const failure = await failureOf(exportScored(withScore(scored, item, scored.scoreOf(item) + 2e-4 * range)))
    const { digest } = item.recipe.source as { digest: string }
    expect(failure).toContain(
      `E604 the bundle does not do what the pipeline does: the image with SHA-256 ${digest.slice(0, 16)}... has score `,
    )
    expect(failure).toMatch(/, 0\.000(199|200|201) of the range of scores apart; allowed are 0\.0001$/)
  })

  test('a decision that flips fails even where scores are close enough', async () => {
    const [item] = scored.items
    const score = scored.scoreOf(item)
    const step = 4e-5 * rangeOf(scored.items.map(scored.scoreOf))
    const thresholds = { ...scored.thresholds, image: { close: null, nok: score + step } }
    const failure = await failureOf(exportScored({ ...withScore(scored, item, score + 2 * step), thresholds }))
    expect(failure).toMatch(/^E604 .* is OK in the bundle and NOK in the pipeline: scores /)
  })

  test('a cancel ends it', async () => {
    await expect(exportScored(scored, AbortSignal.abort())).rejects.toThrow('aborted')
  })

  test('without any scored image it says that nothing was checked', async () => {
    const { log } = await exportScored({ ...scored, items: [] })
    expect(log[1]).toBe('no held-out and no test image: the bundle could not be checked against the pipeline')
  })
})

describe('a bundle for real sheets of paper', () => {
  const folder = fileURLToPath(new URL('../../../shared/data/piped/PA_BTN01_RL/', import.meta.url))
  test.skipIf(!existsSync(folder))('gives the pipeline’s scores, also of images 127 px wide', async () => {
    const names = await readdir(folder, { recursive: true })
    const read = async (part: string, split: Split, count: number): Promise<TestImage[]> => {
      const paths = names.filter((name) => name.startsWith(part) && name.endsWith('.png')).sort()
      const rasters = await Promise.all(paths.map(async (name) => decodeImage(await readFile(join(folder, name)))))
      const odd = rasters.filter(({ width }) => width !== 128)
      return [...odd, ...rasters.filter(({ width }) => width === 128).slice(0, count)].map((raster) => ({
        raster,
        split,
      }))
    }
    const images = [
      ...(await read('train/ok', 'train', 8)),
      ...(await read('test/ok', 'held_out', 4)),
      ...(await read('test/nok', 'test', 6)),
    ]
    expect(images.filter(({ raster }) => raster.width === 127).length).toBe(1)
    const sheets = await scoreImages({ images, extract: { size: 256 } })
    const bundle = await exportScored(sheets)
    const found = await runScript(await folderOf(bundle), sheets)
    const expected = sheets.items.map(sheets.scoreOf)
    const worst = Math.max(...found.map(([score], i) => Math.abs(score - expected[i])))
    expect(worst).toBeLessThan(1e-4 * rangeOf(expected))
  })
})

describe('a bundle of other settings', () => {
  test('letterbox, bicubic, a border and an autoencoder give the pipeline’s scores too', async () => {
    const other = await scoreImages({
      extract: { fit: 'letterbox', filter: 'bicubic', normalize: 'none' },
      score: { border: { cells: 1 }, map_geometry: 'stretch' },
      dfr: { epochs: 2, batch: 80 },
    })
    const bundle = await exportScored(other)
    const found = await runScript(await folderOf(bundle), other)
    const expected = other.items.map(other.scoreOf)
    for (const [i, [score]] of found.entries())
      expect(Math.abs(score - expected[i])).toBeLessThan(1e-4 * rangeOf(expected))
    expect(JSON.parse(bundle.text('manifest.json'))).toMatchObject({
      working: { fit: 'letterbox', filter: 'bicubic' },
      reducer: { count: 5, border: 1, words: 'mean of the 5 largest cells inside a border of 1' },
      map: { geometry: 'stretch' },
      model: { method: 'dfr' },
    })
  })

  test('enhancement shared by all is listed, applied in the check, and asked for by the script', async () => {
    const steps = [
      { op: 'clahe', version: 1, clip: 0.8, tiles: 8 },
      { op: 'gamma', version: 1, g: 0.8 },
      { op: 'unsharp', version: 1, amount: 2 },
    ]
    const enhanced = await scoreImages({ operations: () => steps })
    const bundle = await exportScored(enhanced)
    expect((JSON.parse(bundle.text('manifest.json')) as { enhance: unknown }).enhance).toEqual(steps)
    expect(bundle.text('README.md')).toContain('1. clahe: clip 0.8, tiles 8\n2. gamma: g 0.8\n3. unsharp: amount 2\n')
    await expect(runScript(await folderOf(bundle), enhanced)).rejects.toThrow('images must be enhanced first')
  })

  test('test images enhanced in different ways are refused', async () => {
    const mixed = await scoreImages({
      operations: (split, i) => (split === 'test' && i % 2 === 0 ? [{ op: 'gamma', version: 1, g: 0.8 }] : []),
    })
    expect(await failureOf(exportScored(mixed))).toBe(
      'E604 test images are enhanced in different ways, so no one bundle fits them: gamma and as it is',
    )
  })
})

describe('the script', () => {
  test('is the same in README.md, docs/bundle.md and the file that the tests run', async () => {
    const script = await readFile(SCRIPT, 'utf8')
    expect(RUN_SCRIPT).toBe(script)
    expect(exported.text('README.md')).toContain(`\`\`\`js\n${script}\`\`\``)
    expect(await readFile(DOCS, 'utf8')).toContain(`\`\`\`js\n${script}\`\`\``)
  })

  test('decides as the stage does', () => {
    const limits = { image: { close: 1, nok: 2 }, tolerance: 0.125 }
    expect([1.125, 1.25, 2.125, 2.25].map((score) => decideWithin(score, limits))).toEqual([
      'OK',
      'CLOSE',
      'CLOSE',
      'NOK',
    ])
    expect(decideWithin(9, { ...limits, image: { close: null, nok: null } })).toBeNull()
  })
})
