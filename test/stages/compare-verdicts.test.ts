import { describe, expect, test } from 'vitest'
import { decodeDraws, encodeDraws } from '../../artifacts/verdict.ts'
import { compareVariants } from '../../stages/evaluate/compare-variants.ts'
import { flipsOf } from '../../stages/evaluate/flips.ts'
import { commonImages, pairedMetrics } from '../../stages/evaluate/paired-metrics.ts'
import { evaluateImages, heldOut, tested, upTo } from './evaluate-rig.ts'

const train = heldOut(upTo(12).map((n) => n / 100))
const good = [0.05, 0.07, 0.1, 0.3, 0.11, 0.02]
const weak = tested(good, [0.09, 0.4, 0.08, 0.5])
const strong = tested(good, [0.6, 0.4, 0.7, 0.5])
const hopeless = tested(good, [0.01, 0.012, 0.013, 0.011])
const evaluate = async (images: typeof weak, seed = 3) =>
  (await evaluateImages([...train, ...images], { resamples: 300 }, { seed })).verdict

describe('two verdicts over the same images', () => {
  test('are paired: the same resamples, whatever the pixels became', async () => {
    const [a, b] = [await evaluate(weak), await evaluate(strong)]
    expect(a.bootstrap.sample).toBe(b.bootstrap.sample)
    const [auroc] = pairedMetrics(a, b)
    expect(auroc).toMatchObject({ metric: 'image_auroc', images: null })
    expect(auroc.difference).toBeCloseTo(b.metrics.image_auroc.value! - a.metrics.image_auroc.value!, 12)
    const [low, high] = auroc.interval!
    expect(low).toBeGreaterThanOrEqual(0) // better in every resample
    expect(high).toBeGreaterThan(auroc.difference!)
  })

  test('that are equal differ by nothing, with an interval of nothing', async () => {
    const [auroc] = pairedMetrics(await evaluate(weak), await evaluate(weak))
    expect(auroc).toMatchObject({ difference: 0, interval: [0, 0] })
  })

  test('have their image AUROC measured again where they were drawn otherwise', async () => {
    const [a, b] = [await evaluate(weak), await evaluate(strong, 4)]
    expect(a.bootstrap.sample).not.toBe(b.bootstrap.sample)
    const [auroc] = pairedMetrics(a, b)
    expect(auroc.images).toBe(10)
    expect([auroc.a, auroc.b]).toEqual([a.metrics.image_auroc.value, b.metrics.image_auroc.value])
    expect(auroc.interval).not.toBeNull()
  })
})

test('verdicts over different images are compared on those in both', async () => {
  const [a, b] = [await evaluate(weak), await evaluate(strong.slice(1))]
  expect(commonImages(a, b).map(({ after }) => after.id)).toEqual([
    'test/nok/0',
    'test/nok/1',
    'test/nok/2',
    'test/nok/3',
    'test/ok/1',
    'test/ok/2',
    'test/ok/3',
    'test/ok/4',
    'test/ok/5',
  ])
  expect(pairedMetrics(a, b)[0].images).toBe(9)
})

test('flips are grouped, misses first, in each group the largest change first; CLOSE rejects nothing', () => {
  const item = (id: string, label: 'ok' | 'nok' | 'unknown', score: number, decision: 'OK' | 'CLOSE' | 'NOK') => ({
    id,
    digest: id,
    split: 'test' as const,
    label,
    score,
    pValue: null,
    decision,
  })
  const flips = flipsOf([
    { before: item('a', 'ok', 0.3, 'NOK'), after: item('a', 'ok', 0.1, 'OK') },
    { before: item('b', 'nok', 0.3, 'NOK'), after: item('b', 'nok', 0.2, 'CLOSE') },
    { before: item('c', 'nok', 0.9, 'NOK'), after: item('c', 'nok', 0.1, 'OK') },
    { before: item('d', 'ok', 0.2, 'CLOSE'), after: item('d', 'ok', 0.4, 'NOK') },
    { before: item('e', 'ok', 0.1, 'OK'), after: item('e', 'ok', 0.2, 'CLOSE') },
    { before: item('f', 'unknown', 0.1, 'OK'), after: item('f', 'unknown', 0.4, 'NOK') },
    { before: item('g', 'nok', 0.1, 'OK'), after: item('g', 'nok', 0.4, 'NOK') },
  ])
  expect(flips.map(({ group, image }) => `${image} ${group}`)).toEqual([
    'c now a miss',
    'b now a miss',
    'd now a false reject',
    'g now right',
    'a now right',
    'f now rejected',
  ])
})

test('of several variants the best is named, and those the data cannot tell from it', async () => {
  const other = { ...(await evaluate(weak)), bootstrap: { ...(await evaluate(weak)).bootstrap, sample: 'another' } }
  const verdicts = [await evaluate(hopeless), await evaluate(strong), await evaluate(strong), other]
  const words = compareVariants(verdicts).map((standings) => standings.map(({ metric, word }) => `${metric} ${word}`))
  expect(words).toEqual([
    ['image_auroc worse'],
    ['image_auroc best'],
    ['image_auroc not-worse'],
    ['image_auroc unknown'],
  ])
})

test('draws come back as float32, NaN where undefined', () => {
  expect([...decodeDraws(encodeDraws([0.5, NaN, -0.25]))]).toEqual([0.5, NaN, -0.25])
})
