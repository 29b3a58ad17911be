import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { type Item, picture, sourceDigest, type Split } from '../../artifacts/items.ts'
import { type Digest, digestValue } from '../../base/digest.ts'
import type { Outcome } from '../../runner/plan/outcome.ts'
import { leaks, refuseTestImages, testImageBehind } from '../../runner/plan/test-lineage.ts'
import { defineRun, type Port } from '../../stages/stage.ts'

const item = (id: string, split: Split, content = id): Item => ({
  id,
  copy: 0,
  image: picture({ type: 'file', digest: digestValue('file', content) }),
  split,
  label: 'ok',
  fields: {},
})
const a = item('train/a.png', 'train')
const b = item('held/b.png', 'held_out')
const c = item('test/c.jpg', 'test')
const items = [a, b, c]

/** Kinds as a registry could hold them; the second was written by someone who forgot to say what it reads. */
const kindWith = (port: Port, gives: 'cells' | 'model' | 'verdict') =>
  defineRun({
    kind: 'test/kind',
    version: 1,
    summary: '',
    settings: Type.Object({}),
    ports: { in: port },
    gives: [gives],
    run: () => Promise.resolve({}),
  })
const TRAIN: Port = { accepts: ['features'], splits: ['train'] }
const ALL: Port = { accepts: ['features'] }
const WHOLE: Port = { accepts: ['cells'] }

const from = (more: Partial<Outcome> = {}): Outcome => ({
  stage: {} as Outcome['stage'],
  table: { items, files: new Map(), onBad: 'fail' },
  whole: {},
  values: new Map(),
  costMs: 0,
  ...more,
})
/** Two sources that decode to the same pixels. */
const samePixels = (...images: Item[]): Map<Digest, Digest> =>
  new Map(images.map(({ image }) => [sourceDigest(image.source), digestValue('pixels', 'same')]))

describe('a stage that trains', () => {
  test('may read training images', () => {
    const ports = [{ port: TRAIN, from: from(), items: [a] }]
    expect(refuseTestImages(kindWith(TRAIN, 'cells'), ports)).toBeUndefined()
  })

  test('is refused where it reads a test image', () => {
    const ports = [{ port: ALL, from: from(), items }]
    expect(refuseTestImages(kindWith(ALL, 'cells'), ports)).toMatchObject({
      code: 'E214',
      message: 'the test image test/c.jpg would reach the training of test/kind',
    })
  })

  test('is refused where what it reads was made of one', () => {
    const wrong = testImageBehind(kindWith(ALL, 'verdict'), [{ port: ALL, from: from(), items }])
    expect(wrong).toBe('test/c.jpg')
    const ports = [{ port: WHOLE, from: from({ testImage: wrong! }) }]
    expect(refuseTestImages(kindWith(WHOLE, 'model'), ports)?.message).toBe(
      'the test image test/c.jpg would reach the training of test/kind',
    )
  })

  test('is refused where a training image shows the pixels of a test image', () => {
    const table = { items, files: new Map(), onBad: 'fail' as const, pixels: samePixels(a, c) }
    const ports = [{ port: TRAIN, from: from({ table }), items: [a] }]
    expect(refuseTestImages(kindWith(TRAIN, 'cells'), ports)?.message).toBe(
      'equal pixels in training and test: train/a.png and test/c.jpg',
    )
  })
})

test('a stage that judges may read test images', () => {
  expect(refuseTestImages(kindWith(ALL, 'verdict'), [{ port: ALL, from: from(), items }])).toBeUndefined()
})

describe('a table', () => {
  test('of different images has no leak', () => {
    expect(leaks({ items })).toEqual([])
  })

  test('with equal files, or equal pixels in different files, on both sides is an error with both names', () => {
    expect(leaks({ items: [a, item('test/copy.png', 'test', a.id)] }).map(({ message }) => message)).toEqual([
      'equal content in training and test: train/a.png and test/copy.png',
    ])
    expect(leaks({ items, pixels: samePixels(b, c) }).map(({ message }) => message)).toEqual([
      'equal pixels in training and test: held/b.png and test/c.jpg',
    ])
  })
})
