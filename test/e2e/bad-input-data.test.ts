import { mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contents, type Finished, makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'
import { tinyPng } from '../stages/image-folder.ts'

let project: Project
let images: Map<string, string>

beforeEach(async () => {
  project = await makeProject()
  await writeParts(project, 'data')
  await project.write('pipelines/small.yaml', smallSpec())
})
afterEach(() => project.dispose())

const at = (...path: string[]): string => join(project.root, ...path)
const put = (id: string, bytes: Uint8Array | string): Promise<void> => project.write(join('data', id), bytes)

/** A command that is wrong through its input: told in plain lines, nothing printed raw, images untouched, no outputs. */
async function refused(...args: string[]): Promise<Finished> {
  images = await contents(at('data')).catch(() => new Map())
  const finished = await project.pipeline(...args)
  expect(await contents(at('data')).catch(() => new Map())).toEqual(images)
  await expect(readFile(at('outputs/scores.csv'))).rejects.toThrow('ENOENT')
  expectPlain(finished)
  return finished
}

function expectPlain({ stdout, stderr }: Finished): void {
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|E901|E601|\n +at /)
}

/** The first lines of diagnostics: place, severity, code, message. */
const told = ({ stderr }: Finished): string[] =>
  stderr.split('\n').filter((line) => / (error|warning) [EW]\d{3} /.test(line))

describe('a folder', () => {
  test.each([
    ['that is missing', () => rm(at('data'), { recursive: true }), 'E210 no image found: no such folder'],
    ['that is empty', () => emptied(), 'E210 no image found'],
    ['that is a file', () => emptied().then(() => instead('x')), 'E210 no image found: this is no folder'],
    ['that is a symlink to nothing', () => linked('gone'), 'E210 no image found: the symlink leads nowhere'],
    ['that is a symlink to itself', () => linked('data'), 'E403 cannot read the folder: ELOOP'],
  ])('%s is told at its place in the spec', async (_, spoil, message) => {
    await spoil()
    const checked = await refused('check', 'small')
    expect(checked.code).toBe(2)
    expect(told(checked)).toEqual([`data error ${message}`])
    expect(checked.stderr).toContain('pipelines/small.yaml:6:50 note acquire.dir is set here')
    expect(checked.stderr).toContain('  help  ')
  })

  async function emptied(): Promise<void> {
    await rm(at('data'), { recursive: true })
    await mkdir(at('data'))
  }
  async function instead(text: string): Promise<void> {
    await rm(at('data'), { recursive: true })
    await writeFile(at('data'), text)
  }
  async function linked(target: string): Promise<void> {
    await rm(at('data'), { recursive: true })
    await symlink(target, at('data'))
  }
})

describe('files that are wrong', () => {
  beforeEach(async () => {
    const photo = await sharp(at('data/train/ok/zoom_0_000000.png')).jpeg().toBuffer()
    const picture = await readFile(at('data/train/ok/zoom_0_000001.png'))
    await put('train/ok/zoom_0_cut.jpg', photo.subarray(0, photo.length / 2))
    await put('train/ok/zoom_0_cut.png', picture.subarray(0, picture.length / 2))
    await put('train/ok/zoom_0_flipped.png', flipped(picture))
    await put('train/ok/zoom_0_empty.png', '')
    await put('train/ok/zoom_0_text.png', 'no image at all')
    await put('train/ok/zoom_0_huge.png', tinyPng(1, 20_000, 1))
    await put('train/ok/zoom_0_none.png', tinyPng(2, 0, 0))
    await put('train/ok/zoom_0_masks.bmp', bitmapWithoutMasks())
  })

  test('are told all at once, those that only decoding finds with --data', async () => {
    const checked = await refused('check', 'small', '--data')
    expect(checked.code).toBe(2)
    expect(told(checked)).toEqual([
      expect.stringMatching(
        /^data\/train\/ok\/zoom_0_cut.jpg error E212 unreadable image: JPEG ends early, after [\d,]+ bytes$/,
      ),
      expect.stringMatching(/^data\/train\/ok\/zoom_0_cut.png error E216 two images of one id: /),
      expect.stringMatching(
        /^data\/train\/ok\/zoom_0_cut.png error E212 unreadable image: PNG ends early, after [\d,]+ bytes$/,
      ),
      'data/train/ok/zoom_0_empty.png error E212 unreadable image: the file is empty',
      expect.stringMatching(/^data\/train\/ok\/zoom_0_flipped.png error E212 unreadable image: PNG is damaged /),
      'data/train/ok/zoom_0_huge.png error E217 image too large: 20,000 x 1 px, the limit is 16,384 px a side and 268 Mpx',
      'data/train/ok/zoom_0_masks.bmp error E212 unreadable image: BMP is damaged: it has no bit masks',
      'data/train/ok/zoom_0_none.png error E217 image of size zero: 0 x 0 px',
      'data/train/ok/zoom_0_text.png error E212 unreadable image: neither PNG, JPEG, TIFF, WebP nor BMP',
    ])
    expect(checked.stderr.match(/^ {2}help {2}/gm)).toHaveLength(9)
  })

  test('are found by the first run too, before anything is computed', async () => {
    await rm(at('data/train/ok/zoom_0_empty.png'))
    await rm(at('data/train/ok/zoom_0_text.png'))
    const run = await refused('run', 'small')
    expect(run.code).toBe(2)
    expect(told(run)).toHaveLength(7)
    expect(run.stderr).not.toContain('extract')
  })

  test('are left out with on_bad: skip, each with a warning', async () => {
    await rm(at('data/train/ok/zoom_0_cut.png'))
    const run = await project.run('small', '--set', 'acquire.on_bad=skip')
    expect(run.code, run.stdout).toBe(0)
    const codes = run.events.flatMap((event) =>
      event.type === 'diagnostic' ? [`${event.diagnostic.severity} ${event.diagnostic.code}`] : [],
    )
    expect(codes.filter((code) => code === 'warning E212')).toHaveLength(5)
    expect(codes.filter((code) => code === 'warning E217')).toHaveLength(2)
    expect(run.states.extract).toBe('done 12')
  })
})

test('16 bits, CMYK, grey, BMP, WebP and TIFF are images like others', async () => {
  const photo = await readFile(at('data/train/ok/zoom_0_000000.png'))
  const turned = (degrees: number): Sharp => sharp(photo).rotate(degrees)
  await put('train/ok/zoom_0_deep.png', await turned(90).toColourspace('rgb16').png().toBuffer())
  await put('train/ok/zoom_0_press.jpg', await turned(180).toColourspace('cmyk').jpeg().toBuffer())
  await put('train/ok/zoom_0_grey.tif', await turned(270).greyscale().tiff().toBuffer())
  await put('train/ok/zoom_0_web.webp', await turned(90).flip().webp().toBuffer())
  await put('train/ok/zoom_0_map.bmp', await bitmap(turned(180).flip()))
  const checked = await project.pipeline('check', 'small', '--data')
  expect(checked.stdout).toBe('ok  pipelines/small.yaml  9 stages, 17 images, 3 masks\n')
  expect(checked.code).toBe(0)
})

test('masks and images that do not belong together are told all at once', async () => {
  const mask = await readFile(at('data/masks/nok/zoom_0_000009.png'))
  await put('masks/nok/zoom_0_000019.png', mask)
  await put('masks/nok/zoom_0_000009.bmp', mask)
  await rm(at('data/masks/nok/zoom_0_000010.png'))
  await put('masks/nok/zoom_0_000011.png', await sharp(mask).resize(32, 64, { kernel: 'nearest' }).png().toBuffer())
  await put('test/ok/zoom_0_000000.png', await readFile(at('data/train/ok/zoom_0_000000.png')))
  await put('train/ok/zoom_0_000001.jpg', await sharp(at('data/train/ok/zoom_0_000001.png')).jpeg().toBuffer())
  const checked = await refused('check', 'small')
  expect(checked.code).toBe(2)
  expect(told(checked)).toEqual([
    'data/masks/nok/zoom_0_000009.png error E216 two masks of one image: masks/nok/zoom_0_000009.bmp and masks/nok/zoom_0_000009.png',
    'data/masks/nok/zoom_0_000011.png error E213 mask is 32 x 64 px, its image 64 x 64 px',
    'data/masks/nok/zoom_0_000019.png error E211 mask without image',
    'data/test/nok/zoom_0_000010.png error E215 image without mask',
    'data/test/ok/zoom_0_000000.png error E214 equal content in training and test',
    'data/train/ok/zoom_0_000001.png error E216 two images of one id: train/ok/zoom_0_000001.jpg and train/ok/zoom_0_000001.png',
    expect.stringContaining('warning W221 1 part in training and test'),
  ])
})

test('symlinks that lead out, back or nowhere are told; folders and empty names beside them are not in the way', async () => {
  await mkdir(at('data/train/ok/folder.png'))
  await symlink('../../..', at('data/train/ok/back'))
  await symlink('../ok', at('data/train/ok/circle'))
  await symlink('zoom_0_nowhere.png', at('data/train/ok/zoom_0_a.png'))
  await symlink('/dev/zero', at('data/train/ok/zoom_0_b.png'))
  await put('train/ok/.hidden.png', 'x')
  const checked = await refused('check', 'small')
  expect(checked.code).toBe(2)
  expect(told(checked)).toEqual([
    'data/train/ok/back error E218 symlink leads out of the folder',
    'data/train/ok/circle error E218 symlink leads back to a folder above it',
    'data/train/ok/zoom_0_a.png error E403 cannot follow the symlink: ENOENT',
    'data/train/ok/zoom_0_b.png error E218 symlink leads out of the folder',
  ])
})

test('a path longer than the cache takes as a key is read like others', async () => {
  const deep = join('train/ok', ...Array<string>(9).fill('y'.repeat(230)))
  await put(join(deep, 'zoom_0_000077.png'), tinyPng(77))
  expect((await project.pipeline('check', 'small', '--data')).stdout).toContain('13 images')
})

describe('names', () => {
  const NAMES = [
    'a b',
    'it\'s "quoted"',
    'new\nline',
    'screen\u001b[2J',
    '-dash',
    '--help',
    'x'.repeat(200),
    '$(touch here)`x`',
    '%s%n',
    '<script>alert(1)',
    'right\u202eleft',
    'grün 日本 😀',
    '__proto__',
  ]

  test('of any kind travel to the outputs, and print nothing raw', async () => {
    const shades = new Map(NAMES.map((name, shade) => [name, tinyPng(shade + 1, 64, 64)]))
    for (const [name, bytes] of shades) await put(`test/ok/${name}.png`, bytes)
    await project.write('pipelines/any.yaml', smallSpec().replace(', fields: "zoom_{zoom}_{part}"', ''))
    const run = await project.pipeline('run', 'any')
    expect(run.code, run.stderr).toBe(0)
    expectPlain(run)
    const kept = await contents(at('outputs'))
    const scores = Buffer.from(kept.get('scores.csv')!, 'base64').toString()
    for (const name of NAMES) expect(scores).toContain(`test/ok/${name.replaceAll('"', '""')}.png`)
    const maps = [...kept.keys()].filter((file) => file.startsWith('heatmaps/test/ok/'))
    expect(maps).toHaveLength(3 + NAMES.length)
    expect(maps.filter((file) => !/^[A-Za-z0-9._=,@+/-]+$/.test(file))).toEqual([])
    expect(Buffer.from(kept.get('index.html')!, 'base64').toString()).not.toContain('<script>alert')
  })

  test('that are no UTF-8 or fit no pattern are told, shown with their bytes', async () => {
    await put('train/ok/plain.png', tinyPng(1))
    await put('test/ok/clear\u001b[2J.png', tinyPng(2))
    await writeFile(
      Buffer.concat([Buffer.from(at('data/train/ok/zoom_0_')), Buffer.from([0xff, 0xfe]), Buffer.from('.png')]),
      '',
    )
    const checked = await refused('check', 'small')
    expect(checked.code).toBe(2)
    expect(told(checked)).toEqual([
      'data/test/ok/clear\\x1b[2J.png error E210 the name does not fit fields "zoom_{zoom}_{part}"',
      'data/train/ok/zoom_0_\\xff\\xfe.png error E403 cannot read a name that is not UTF-8',
    ])
  })
})

test('masks drawn the other way round are doubted until masks.invert is set', async () => {
  for (const part of ['09', '10', '11']) {
    const path = at(`data/masks/nok/zoom_0_0000${part}.png`)
    await writeFile(
      path,
      await sharp(await readFile(path))
        .negate()
        .png()
        .toBuffer(),
    )
  }
  expect(told(await project.pipeline('check', 'small', '--data'))).toHaveLength(3)
  await project.write('pipelines/small.yaml', smallSpec({ acquire: ', masks: { invert: true }' }))
  const inverted = await project.pipeline('check', 'small', '--data')
  expect(inverted).toMatchObject({ code: 0, stderr: '' })
})

test('a file cut short after it was checked is told by the next run', async () => {
  expect((await project.pipeline('check', 'small', '--data')).code).toBe(0)
  await truncate(at('data/test/ok/zoom_0_000006.png'), 500)
  const run = await refused('run', 'small')
  expect(run.code).toBe(2)
  expect(told(run)).toEqual([
    'data/test/ok/zoom_0_000006.png error E212 unreadable image: PNG ends early, after 500 bytes',
  ])
})

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy[Math.floor(copy.length / 2)] ^= 0xff
  return copy
}

/** A bitmap of one px that says it has bit masks, and ends where they should stand. */
function bitmapWithoutMasks(): Buffer {
  const bytes = Buffer.alloc(56)
  bytes.write('BM')
  bytes.writeUInt32LE(54, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(1, 18)
  bytes.writeInt32LE(1, 22)
  bytes.writeUInt16LE(16, 28)
  bytes.writeUInt32LE(3, 30)
  return bytes
}

/** An image as a bitmap of 24 bits; its width must be a multiple of 4 px. */
async function bitmap(image: Sharp): Promise<Buffer> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const head = Buffer.alloc(54)
  head.write('BM')
  head.writeUInt32LE(54, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(info.width, 18)
  head.writeInt32LE(-info.height, 22)
  head.writeUInt16LE(24, 28)
  for (let i = 0; i < data.length; i += 3) [data[i], data[i + 2]] = [data[i + 2], data[i]]
  return Buffer.concat([head, data])
}
