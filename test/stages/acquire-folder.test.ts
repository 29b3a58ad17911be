import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { acquireFolder } from '../../stages/acquire/folder.ts'
import { asText, imageFolder, tinyPng } from './image-folder.ts'

const folder = (images?: readonly string[]) => imageFolder(acquireFolder, images)

const SMALL = ['train/ok/a.png', 'train/ok/b.png', 'test/ok/c.png', 'test/nok/d.png']

describe('a sound folder', () => {
  test('gives items in bytewise order with split, label and mask', async () => {
    const rig = await folder([...SMALL, 'train/ok/B.png', 'masks/nok/d.png'])
    const { items, files, diagnostics, onBad } = await rig.scan()
    expect(diagnostics).toEqual([])
    expect(onBad).toBe('fail')
    expect(items.map(({ id, split, label, mask }) => [id, split, label, mask !== undefined])).toEqual([
      ['test/nok/d.png', 'test', 'nok', true],
      ['test/ok/c.png', 'test', 'ok', false],
      ['train/ok/B.png', 'train', 'ok', false],
      ['train/ok/a.png', 'train', 'ok', false],
      ['train/ok/b.png', 'train', 'ok', false],
    ])
    const [{ image, mask }] = items
    expect(image.source.type === 'file' && files.get(image.source.digest)).toBe(join(rig.root, 'data/test/nok/d.png'))
    expect(mask?.source.type === 'file' && files.get(mask.source.digest)).toBe(join(rig.root, 'data/masks/nok/d.png'))
    expect(mask?.operations).toEqual([])
    expect(files.size).toBe(6)
  })

  test('takes folders of defects, other mask names and inverted masks as MVTec AD and others have them', async () => {
    const rig = await folder([
      'train/good/000.png',
      'test/good/000.png',
      'test/scratch/000.png',
      'test/scratch/deep/001.PNG',
      'test/odd/000.png',
      'ground_truth/scratch/000_mask.png',
      'ground_truth/scratch/deep/001_mask.bmp.png',
    ])
    await rig.put('ground_truth/scratch/deep/001_mask.bmp.png', 90)
    const settings = { masks: { dir: 'ground_truth', suffix: '_mask', invert: true }, labels: { odd: 'unknown' } }
    const { items, diagnostics } = await rig.scan(settings)
    expect(items.map(({ id, label, defect, mask }) => [id, label, defect, mask?.operations])).toEqual([
      ['test/good/000.png', 'ok', undefined, undefined],
      ['test/odd/000.png', 'unknown', undefined, undefined],
      ['test/scratch/000.png', 'nok', 'scratch', [{ op: 'invert', version: 1 }]],
      ['test/scratch/deep/001.PNG', 'nok', 'scratch', undefined],
      ['train/good/000.png', 'ok', undefined, undefined],
    ])
    expect(asText(diagnostics)).toBe(
      [
        'data/ground_truth/scratch/deep/001_mask.bmp.png error E211 mask without image',
        '  help  expected test/scratch/deep/001_mask.bmp as png, jpg or jpeg; did you mean masks.suffix: "_mask.bmp"?',
        'data/test/scratch/deep/001.PNG error E215 image without mask',
        '  help  expected ground_truth/scratch/deep/001_mask as png, jpg or jpeg',
      ].join('\n'),
    )
  })

  test('reads part, view, defect and other fields from names, and keeps what `where` asks for', async () => {
    const rig = await folder([
      'train/ok/zoom_3_p7_left_2024_01.png',
      'train/ok/zoom_03_p8_left_2024_02.png',
      'train/ok/zoom_5_p7_left_2024_01.png',
      'test/nok/zoom_4_p9_top_x.png',
      'test/nok/zoom_5_p9_top_x.png',
      'masks/nok/zoom_4_p9_top_x.png',
      'masks/nok/zoom_5_p9_top_y.png',
    ])
    const { items, diagnostics } = await rig.scan({
      fields: 'zoom_{zoom}_{part}_{view}_{time}',
      where: { zoom: [3, 4] },
    })
    expect(diagnostics).toEqual([])
    expect(items.map(({ id, part, view, fields }) => ({ id, part, view, fields }))).toEqual([
      { id: 'test/nok/zoom_4_p9_top_x.png', part: 'p9', view: 'top', fields: { zoom: '4', time: 'x' } },
      { id: 'train/ok/zoom_03_p8_left_2024_02.png', part: 'p8', view: 'left', fields: { zoom: '03', time: '2024_02' } },
      { id: 'train/ok/zoom_3_p7_left_2024_01.png', part: 'p7', view: 'left', fields: { zoom: '3', time: '2024_01' } },
    ])
  })

  test('takes names as data, whatever is in them', async () => {
    const names = [
      ' spaces and\ttabs .png',
      '-rf.png',
      '--help.png',
      'it\'s "quoted" $HOME `id`.png',
      'two\nlines.png',
      '\u001b[31mred\u001b[0m.png',
      'umlaut-ä-\u{1F600}-漢.png',
      'dots.in.name.png',
      '#1%20.png',
      '__proto__.png',
      `${'x'.repeat(251)}.png`,
    ]
    const rig = await folder([...names.map((name) => `train/ok/${name}`), 'test/ok/a.png'])
    const { items, diagnostics } = await rig.scan({ fields: '{time}' })
    expect(diagnostics).toEqual([])
    const ids = items.filter(({ split }) => split === 'train').map(({ id }) => id)
    expect(new Set(ids)).toEqual(new Set(names.map((name) => `train/ok/${name}`)))
    expect(ids).toEqual([...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    expect(items.find(({ id }) => id === 'train/ok/__proto__.png')?.fields).toEqual({ time: '__proto__' })
  })

  test('passes over hidden files and junk, and lists what else is not read', async () => {
    const rig = await folder(SMALL)
    for (const name of ['train/ok/.DS_Store', 'train/ok/._a.png', 'test/Thumbs.db', '.git/x.png', 'desktop.ini']) {
      await rig.put(name, 50)
    }
    expect((await rig.scan()).diagnostics).toEqual([])
    for (const name of ['train/loose.png', 'test/ok/notes.txt', 'README', 'val/ok/a.png']) await rig.put(name, 60)
    const { items, diagnostics } = await rig.scan()
    expect(items).toHaveLength(4)
    expect(asText(diagnostics)).toBe(
      [
        'data warning W229 4 entries are not read: README, val/, test/ok/notes.txt, train/loose.png',
        '  help  images lie in train/LABEL and test/LABEL, masks in masks/LABEL',
      ].join('\n'),
    )
  })

  test('follows symlinks inside the folder', async () => {
    const rig = await folder(SMALL)
    await rig.put('test/store/e.png', 40)
    await symlink('../store/e.png', join(rig.root, 'data/test/ok/link.png'))
    await symlink('store', join(rig.root, 'data/test/nok2'))
    const { items } = await rig.scan({ labels: { store: 'ok', nok2: 'ok' } })
    expect(items.map(({ id }) => id)).toEqual([
      'test/nok/d.png',
      'test/nok2/e.png',
      'test/ok/c.png',
      'test/ok/link.png',
      'test/store/e.png',
      'train/ok/a.png',
      'train/ok/b.png',
    ])
  })

  test('is scanned the same again where the folder itself is a symlink', async () => {
    const rig = await folder(SMALL)
    await symlink('data', join(rig.root, 'link'))
    const there = await rig.scan()
    const linked = await rig.scan({ dir: 'link' })
    expect(linked.diagnostics).toEqual([])
    expect(linked.items).toEqual(there.items)
  })

  test('gives equal pictures to equal files under other names', async () => {
    const rig = await folder(SMALL)
    const before = await rig.scan()
    const other = await folder()
    for (const [shade, id] of SMALL.entries()) await other.put(id.replace(/(.)\.png$/, 'renamed-$1.png'), shade)
    const after = await other.scan()
    expect(after.items.map(({ image }) => image)).toEqual(before.items.map(({ image }) => image))
  })
})

describe('a folder that is not there or holds nothing', () => {
  test('is told with the nearest name', async () => {
    const rig = await folder(SMALL)
    expect(asText((await rig.scan({ dir: 'dta' })).diagnostics)).toBe(
      [
        'dta error E210 no image found: no such folder',
        '  help  did you mean data? expected a folder with train/ok, test/ok, test/nok and masks/nok',
      ].join('\n'),
    )
    const [{ setting }] = (await rig.scan({ dir: 'dta' })).diagnostics
    expect(setting).toBe('dir')
  })

  test('is told where it is a file', async () => {
    const rig = await folder(SMALL)
    expect(asText((await rig.scan({ dir: 'data/train/ok/a.png' })).diagnostics)).toBe(
      [
        'data/train/ok/a.png error E210 no image found: this is no folder',
        '  help  expected a folder with train/ok, test/ok, test/nok and masks/nok',
      ].join('\n'),
    )
  })

  test('is told with what was looked for', async () => {
    const rig = await folder(['Train/ok/a.png', 'images/b.png'])
    expect(asText((await rig.scan()).diagnostics)).toBe(
      [
        'data error E210 no image found',
        '  help  looked for png, jpg, jpeg, bmp, tif, tiff and webp in train/ok, test/ok and test/nok; other folders here: Train, images',
        'data warning W229 2 entries are not read: Train/, images/',
        '  help  images lie in train/LABEL and test/LABEL, masks in masks/LABEL',
      ].join('\n'),
    )
  })

  test('is an error without training images and a warning without test images', async () => {
    const tests = await folder(['test/ok/a.png', 'trian/ok/b.png'])
    expect(asText((await tests.scan()).diagnostics)).toBe(
      [
        'data/train error E210 no training image found',
        '  help  did you mean trian? expected good images in train/ok',
        'data warning W229 1 entry is not read: trian/',
        '  help  images lie in train/LABEL and test/LABEL, masks in masks/LABEL',
      ].join('\n'),
    )
    const trains = await folder(['train/ok/a.png'])
    expect(asText((await trains.scan()).diagnostics)).toBe(
      [
        'data/test warning W225 no test image found, so nothing is scored',
        '  help  expected images in test/ok and test/nok',
      ].join('\n'),
    )
  })

  test('leaves defective images out of training', async () => {
    const rig = await folder([...SMALL, 'train/scratch/e.png', 'train/nok/f.png'])
    const { items, diagnostics } = await rig.scan()
    expect(items).toHaveLength(4)
    expect(asText(diagnostics)).toBe(
      [
        'data/train/nok/f.png warning W227 2 defective images in train left out',
        '  help  move them to test, or say in labels that their folder is ok',
      ].join('\n'),
    )
    expect((await rig.scan({ labels: { scratch: 'ok', nok: 'ok' } })).items).toHaveLength(6)
  })
})

describe('masks that do not fit', () => {
  test('are told as the interface says', async () => {
    const rig = await folder([
      'train/ok/a.png',
      'test/nok/zoom_4_101552.jpeg',
      'test/nok/zoom_4_2.png',
      'masks/nok/zoom_4_2.png',
    ])
    for (const [shade, name] of ['zoom_4_101522', 'zoom_9_9', 'zoom_9_8'].entries())
      await rig.put(`masks/nok/${name}.png`, 70 + shade)
    const { diagnostics } = await rig.scan()
    expect(asText(diagnostics)).toBe(
      [
        'data/masks/nok/zoom_4_101522.png error E211 mask without image',
        '  help  expected test/nok/zoom_4_101522 as png, jpg or jpeg; did you mean test/nok/zoom_4_101552.jpeg? 2 more masks have no image',
        'data/test/nok/zoom_4_101552.jpeg error E215 image without mask',
        '  help  expected masks/nok/zoom_4_101552 as png, jpg or jpeg; did you mean masks/nok/zoom_4_101522.png?',
      ].join('\n'),
    )
    expect(diagnostics.map(({ setting }) => setting)).toEqual(['dir', 'dir'])
  })

  test('are no matter where no image of the folder has one, nor for good images', async () => {
    const rig = await folder([...SMALL, 'test/burn/e.png', 'test/ok/f.png', 'masks/nok/d.png', 'masks/ok/f.png'])
    const { items, diagnostics } = await rig.scan()
    expect(diagnostics).toEqual([])
    expect(items.filter(({ mask }) => mask !== undefined).map(({ id }) => id)).toEqual([
      'test/nok/d.png',
      'test/ok/f.png',
    ])
  })

  test('are told with both sizes', async () => {
    const rig = await folder([...SMALL, 'test/nok/e.png'])
    await rig.put('masks/nok/d.png', tinyPng(90, 127, 128))
    await rig.put('masks/nok/e.png', tinyPng(91, 4, 8))
    expect(asText((await rig.scan()).diagnostics)).toBe(
      [
        'data/masks/nok/d.png error E213 mask is 127 x 128 px, its image 8 x 8 px',
        '  help  a mask is drawn at the size of its image; 1 more mask differs in size',
      ].join('\n'),
    )
  })

  test('are told with their folder where masks.dir leads nowhere', async () => {
    const rig = await folder([...SMALL, 'ground_truth/nok/d.png'])
    const { diagnostics } = await rig.scan({ masks: { dir: 'ground_truht' } })
    expect(asText(diagnostics.slice(0, 1))).toBe(
      [
        'data/ground_truht error E210 no mask found',
        '  help  did you mean ground_truth? masks.dir names the folder of the masks',
      ].join('\n'),
    )
    expect(diagnostics[0].setting).toBe('masks.dir')
    await expect(rig.scan({ masks: { dir: '../elsewhere' } })).rejects.toThrow('masks/dir must match pattern')
  })
})

describe('contents that do not fit', () => {
  test('equal content in training and test is an error, in one split a warning', async () => {
    const rig = await folder(SMALL)
    await rig.put('test/ok/leak.png', 0)
    await rig.put('test/ok/leak2.png', 1)
    await rig.put('train/ok/again.png', 0)
    expect(asText((await rig.scan()).diagnostics)).toBe(
      [
        'data/test/ok/leak.png error E214 equal content in training and test',
        '  data/train/ok/a.png the same bytes are here',
        '  help  remove it from one of them; 1 more test image is in training too',
        'data/train/ok/again.png warning W226 equal content as train/ok/a.png',
        '  help  equal images stay in one split, and count as often as they are there',
      ].join('\n'),
    )
  })

  test('equal test images of two labels are told first', async () => {
    const rig = await folder(SMALL)
    await rig.put('test/nok/d2.png', 3)
    await rig.put('test/ok/really.png', 3)
    expect(asText((await rig.scan()).diagnostics)).toBe(
      [
        'data/test/ok/really.png warning W226 equal content as test/nok/d.png, which is labelled nok',
        '  help  equal images stay in one split, and count as often as they are there; 1 more image repeats another one',
      ].join('\n'),
    )
  })

  test('two images whose names differ in the extension alone are an error, and two masks of one image', async () => {
    const rig = await folder([...SMALL, 'test/nok/d.jpg', 'masks/nok/d.png', 'masks/nok/d.bmp'])
    expect(asText((await rig.scan()).diagnostics)).toBe(
      [
        'data/test/nok/d.png error E216 two images of one id: test/nok/d.jpg and test/nok/d.png',
        '  help  rename or remove one of them',
        'data/masks/nok/d.png error E216 two masks of one image: masks/nok/d.bmp and masks/nok/d.png',
        '  help  rename or remove one of them',
      ].join('\n'),
    )
  })

  test('damaged, empty and oversized images are errors, each with its file, or left out as warnings', async () => {
    const rig = await folder([...SMALL, 'masks/nok/d.png'])
    await rig.put('train/ok/empty.png', Buffer.alloc(0))
    await rig.put('train/ok/text.jpg', Buffer.from('this is text and not an image'))
    await rig.put('train/ok/zero.png', tinyPng(1, 0, 0))
    await rig.put('train/ok/huge.png', tinyPng(1, 65_535, 8))
    await rig.put('masks/nok/d.png', Buffer.from('GIF89a'))
    const { items, diagnostics } = await rig.scan()
    expect(diagnostics.map(({ code, severity, at }) => [code, severity, at?.file])).toEqual([
      ['E212', 'error', 'data/train/ok/empty.png'],
      ['E217', 'error', 'data/train/ok/huge.png'],
      ['E212', 'error', 'data/train/ok/text.jpg'],
      ['E217', 'error', 'data/train/ok/zero.png'],
      ['E212', 'error', 'data/masks/nok/d.png'],
    ])
    expect(asText(diagnostics.slice(0, 2))).toBe(
      [
        'data/train/ok/empty.png error E212 unreadable image: the file is empty',
        '  help  replace the file, or set acquire.on_bad: skip (the report lists skipped images)',
        'data/train/ok/huge.png error E217 image too large: 65,535 x 8 px, the limit is 16,384 px a side and 268 Mpx',
        '  help  cut or shrink the image before this step',
      ].join('\n'),
    )
    expect(items.map(({ id }) => id)).toEqual(['test/ok/c.png', 'train/ok/a.png', 'train/ok/b.png'])

    const skipped = await rig.scan({ on_bad: 'skip' })
    expect(skipped.items).toEqual(items)
    expect(skipped.onBad).toBe('skip')
    expect(skipped.diagnostics.map(({ severity }) => severity)).toEqual(Array(5).fill('warning'))
  })

  test('files that cannot be read are errors', async () => {
    const rig = await folder(SMALL)
    const { items, diagnostics } = await rig.scan({}, { unreadable: ['train/ok/b.png'] })
    expect(asText(diagnostics)).toBe(
      'data/train/ok/b.png error E403 cannot read the file: EACCES\n  help  make it readable, or take it out of the set',
    )
    expect(items).toHaveLength(3)
  })

  test('names that are no UTF-8 are errors, shown with their bytes', async () => {
    const rig = await folder(SMALL)
    const name = Buffer.concat([
      Buffer.from(join(rig.root, 'data/train/ok/m')),
      Buffer.from([0xff, 0x80]),
      Buffer.from('.png'),
    ])
    await writeFile(name, tinyPng(9))
    expect(asText((await rig.scan()).diagnostics)).toBe(
      ['data/train/ok/m\\xff\\x80.png error E403 cannot read a name that is not UTF-8', '  help  rename it'].join('\n'),
    )
  })
})

describe('symlinks', () => {
  test('that lead out of the folder, in a circle or nowhere are errors', async () => {
    const rig = await folder(SMALL)
    await mkdir(join(rig.root, 'data2'))
    await writeFile(join(rig.root, 'data2/x.png'), tinyPng(5))
    await symlink('../../../data2/x.png', join(rig.root, 'data/train/ok/out.png'))
    await symlink('../../data2', join(rig.root, 'data/test/far'))
    await symlink('..', join(rig.root, 'data/train/ok/loop'))
    await symlink('gone.png', join(rig.root, 'data/train/ok/broken.png'))
    const { items, diagnostics } = await rig.scan()
    expect(items).toHaveLength(4)
    expect(asText([...diagnostics].sort((a, b) => (a.at!.file < b.at!.file ? -1 : 1)))).toBe(
      [
        'data/test/far error E218 symlink leads out of the folder',
        '  help  put the files themselves into the folder',
        'data/train/ok/broken.png error E403 cannot follow the symlink: ENOENT',
        '  help  mend it, or remove it',
        'data/train/ok/loop error E218 symlink leads back to a folder above it',
        '  help  remove it',
        'data/train/ok/out.png error E218 symlink leads out of the folder',
        '  help  put the files themselves into the folder',
      ].join('\n'),
    )
  })
})

describe('names and settings that do not fit', () => {
  const zoomed = ['train/ok/zoom_1_a.png', 'train/ok/zoom_2_b.png', 'test/nok/zoom_1_c.png', 'masks/nok/zoom_1_c.png']

  test('a name that does not fit fields is an error, or left out', async () => {
    const rig = await folder([...zoomed, 'train/ok/IMG 7.png', 'test/nok/late.png', 'masks/nok/late.png'])
    const { items, diagnostics } = await rig.scan({ fields: 'zoom_{zoom}_{time}' })
    expect(asText(diagnostics)).toBe(
      [
        'data/test/nok/late.png error E210 the name does not fit fields "zoom_{zoom}_{time}"',
        '  help  rename it, or change fields; 1 more name does not fit',
      ].join('\n'),
    )
    expect(diagnostics[0].setting).toBe('fields')
    expect(items).toHaveLength(3)
    const skipped = await rig.scan({ fields: 'zoom_{zoom}_{time}', on_bad: 'skip' })
    expect(skipped.items).toEqual(items)
    expect(skipped.diagnostics.map(({ severity }) => severity)).toEqual(['warning'])
  })

  test.each([
    ['zoom', 'fields has no {name}'],
    ['zoom_{zoom', 'fields has a { without its }'],
    ['zoom_zoom}', 'fields has a } without its {'],
    ['{a}}', 'fields has a } without its {'],
    ['{a}_{a}', 'fields has {a} twice'],
    ['{a}{b}', 'fields has nothing between {a} and {b}'],
    ['{}', 'fields has {}, and a name is letters, digits, _ and -'],
    ['{__proto__}', 'fields has {__proto__}, and a name is letters, digits, _ and -'],
  ])('fields %s is no pattern', async (fields, message) => {
    const rig = await folder(SMALL)
    expect(asText((await rig.scan({ fields })).diagnostics)).toBe(
      [`data error E106 ${message}`, '  help  write literal text and names, such as zoom_{zoom}_{time}'].join('\n'),
    )
  })

  test('a field or value that is not there is an error', async () => {
    const rig = await folder(zoomed)
    const fields = 'zoom_{zoom}_{time}'
    expect(asText((await rig.scan({ fields, where: { zom: 1 } })).diagnostics)).toBe(
      ['data error E104 unknown field zom in where', '  help  did you mean zoom? Fields: zoom, time'].join('\n'),
    )
    expect(asText((await rig.scan({ where: { zoom: 1 } })).diagnostics)).toBe(
      ['data error E104 unknown field zoom in where', '  help  set fields, which names what file names hold'].join(
        '\n',
      ),
    )
    expect(asText((await rig.scan({ fields, where: { zoom: [1, 7, '9'] } })).diagnostics)).toBe(
      ['data error E210 no image matches where zoom is 7 or 9', '  help  zoom is one of: 1, 2'].join('\n'),
    )
    const labels = await rig.scan({ labels: { nokk: 'unknown' } })
    expect(asText(labels.diagnostics)).toBe(
      [
        'data error E210 no image in the folder nokk, which labels names',
        '  help  did you mean nok? Folders: nok, ok',
      ].join('\n'),
    )
  })

  test('all faults are told at once', async () => {
    const rig = await folder([...SMALL, 'test/nok/e.png', 'masks/nok/d.png', 'masks/nok/x.png'])
    await rig.put('test/ok/leak.png', 0)
    await rig.put('train/ok/broken.png', Buffer.from('nothing'))
    await symlink('/', join(rig.root, 'data/test/root'))
    const { diagnostics } = await rig.scan({ labels: { gone: 'ok' } })
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(
      new Set(['E210', 'E211', 'E212', 'E214', 'E215', 'E218']),
    )
  })

  test('foreign names cannot forge lines of a message', async () => {
    const rig = await folder([...SMALL, 'test/nok/\u001b[2Jx.png', 'test/nok/\u001b[2Jx.jpg'])
    const [{ message }] = (await rig.scan()).diagnostics
    expect(message).toBe('two images of one id: test/nok/\\x1b[2Jx.jpg and test/nok/\\x1b[2Jx.png')
  })
})
