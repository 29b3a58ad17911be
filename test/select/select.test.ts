import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { findAddress } from '../../runner/select/find-address.ts'
import { selectStages } from '../../runner/select/select.ts'
import { EXAMPLE, specOf } from '../spec/rig.ts'

const { stages } = await specOf(EXAMPLE)

/** Addresses that selectors give, or what they are told. */
const select = (...selectors: readonly string[]): string => {
  const { addresses, diagnostics } = selectStages(stages, selectors)
  return diagnostics.length > 0 ? diagnostics.map(textOf).join('; ') : [...addresses].sort().join(' ')
}
const textOf = ({ code, message, help }: Diagnostic): string => `${code} ${message} (${help!.join('; ')})`

test.each([
  ['extract', 'extract'],
  ['sp*', 'split'],
  ['?????e', 'sample'],
  ['pca', 'pca@variance=0.85 pca@variance=0.90 pca@variance=0.95'],
  ['pca@variance=0.9', 'pca@variance=0.90'],
  ['pca@variance=9e-1', 'pca@variance=0.90'],
  ['pca@variance=0.9*', 'pca@variance=0.90 pca@variance=0.95'],
  [
    "pca@variance='0.9*'",
    'E003 no variant has variance=0.9* (did you mean 0.90 or 0.95? values of variance: 0.85, 0.90, 0.95)',
  ],
  ['train@variance=0.90,lr=0.001', 'train@variance=0.90,lr=1e-3'],
  ['pca@variance=0.90,lr=1e-3', 'pca@variance=0.90'],
  ['pca@variance=0.85...', 'acquire augment enhance extract pca@variance=0.85 sample split'],
  ['sample^...', 'acquire augment enhance extract split'],
  ['...export@lr=1e-3,variance=0.85', 'export@variance=0.85,lr=1e-3'],
  ['...^evaluate@variance=0.85,lr=1e-3', 'export@variance=0.85,lr=1e-3'],
])('%s', (selector, expected) => {
  expect(select(selector)).toBe(expected)
})

test('bare cells are the stages that stand in these variants alone', () => {
  expect(select('@variance=0.85,lr=1e-3')).toBe(
    'evaluate@variance=0.85,lr=1e-3 export@variance=0.85,lr=1e-3 pca@variance=0.85 score@variance=0.85,lr=1e-3 train@variance=0.85,lr=1e-3',
  )
})

test('selectors add up, and ! takes away after the others are added', () => {
  expect(select('!sample', 'sample', 'extract')).toBe('extract')
  expect(select('!...sample')).toBe('acquire augment enhance extract split')
  expect(select('pca', '!@variance=0.85')).toBe('pca@variance=0.90 pca@variance=0.95')
})

test.each([
  [
    'trian',
    'E003 no stage is named "trian" (did you mean train? stages: acquire, split, enhance, augment, extract, sample, pca, train, score, evaluate, export)',
  ],
  [
    'x*',
    'E003 no stage fits "x*" (stages: acquire, split, enhance, augment, extract, sample, pca, train, score, evaluate, export)',
  ],
  ['train@varience=0.9', 'E003 no axis is named "varience" (did you mean variance? axes: variance, lr)'],
  [
    'train@variance=0.91',
    'E003 no variant has variance=0.91 (did you mean 0.90 or 0.95? values of variance: 0.85, 0.90, 0.95)',
  ],
  ['acquire@lr=1e-3', 'E003 acquire does not vary with lr (it is the same in these variants: write acquire)'],
  ['acquire^...', 'E003 "acquire^..." fits no stage: nothing is needed by acquire (leave ^ out)'],
  ['train@', 'E003 no axis and value in the selector "train@" (write @AXIS=VALUE, such as @lr=1e-3)'],
])('%s is told', (selector, expected) => {
  expect(select(selector)).toBe(expected)
})

test('taking all away is told', () => {
  expect(select('pca', '!pca')).toBe('E003 the selectors leave no stage (take fewer away with !)')
})

test('an address needs no more than tells the stage apart', () => {
  expect(findAddress(stages, 'sample').address).toBe('sample')
  expect(findAddress(stages, 'pca@variance=0.9').address).toBe('pca@variance=0.90')
  expect(findAddress(stages, 'train@lr=0.001,variance=0.95').address).toBe('train@variance=0.95,lr=1e-3')
})

const failureOf = (text: string): string => {
  try {
    return findAddress(stages, text).address
  } catch (error) {
    return textOf((error as { diagnostic: Diagnostic }).diagnostic)
  }
}

test('an address that fits several stages lists them, and one that fits none says why', () => {
  expect(failureOf('train@lr=1e-3')).toBe(
    'E008 train@lr=1e-3 fits 3 stages (name one of them: train@variance=0.85,lr=1e-3 train@variance=0.90,lr=1e-3 train@variance=0.95,lr=1e-3)',
  )
  expect(failureOf('trian')).toContain('E003 no stage is named "trian" (did you mean train?')
  expect(failureOf('train...')).toBe('E003 "train..." is no address (name one stage, such as train or train@lr=1e-3)')
})

test('whatever axis values hold, an address selects its own stage alone', async () => {
  const value = fc.oneof(fc.string({ maxLength: 6 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
  const lists = fc.uniqueArray(value, { minLength: 1, maxLength: 4, selector: String })
  await fc.assert(
    fc.asyncProperty(lists, async (values) => {
      const where = '{ x: ["${matrix.a}"], y: "${matrix.b}" }'
      const all = await specOf(
        `version: 1\nname: small\nmatrix: { axes: { a: ${JSON.stringify(values)}, b: [[1, 2], [x]] } }\n` +
          `stages: { acquire: { uses: acquire/folder, with: { dir: d, where: ${where} } } }\n`,
      )
      expect(all.stages).toHaveLength(2 * values.length)
      for (const { address } of all.stages)
        expect([...selectStages(all.stages, [address]).addresses]).toEqual([address])
    }),
    { numRuns: 100, seed: 4 },
  )
})
