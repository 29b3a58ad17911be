import { describe, expect, test } from 'vitest'
import { conformalLimits } from '../../metrics/threshold.ts'
import { justBelow } from '../../stages/evaluate/image-limits.ts'
import { evaluateImages, heldOut, tested, upTo } from './evaluate-rig.ts'

const TEST = tested([10, 50, 97], [96, 120])

describe('limits of the image score', () => {
  test('are conformal quantiles of the held-out scores, with their bound', async () => {
    const { thresholds, verdict, context } = await evaluateImages([...heldOut(upTo(199)), ...TEST])
    expect(thresholds.image).toEqual({ close: 190, nok: 198 })
    expect(conformalLimits(upTo(199), { close: 0.05, nok: 0.01 })).toMatchObject({ close: 190, nok: 198 })
    expect(thresholds).toMatchObject({
      units: 'images',
      heldOut: 199,
      bound: 0.01,
      imageOrigin: '199 held-out images at false-reject rates of 5 % (CLOSE) and 1 % (NOK)',
      heldOutScores: upTo(199),
    })
    expect(context.warnings).toEqual([])
    expect(verdict.confusion).toEqual({ ok: { OK: 3, CLOSE: 0, NOK: 0 }, nok: { OK: 2, CLOSE: 0, NOK: 0 } })
  })

  test('decide OK up to close, CLOSE up to nok, NOK above', async () => {
    const images = [...heldOut(upTo(99)), ...tested([95, 95.5, 99], [99.5])]
    const { thresholds, verdict } = await evaluateImages(images)
    expect(thresholds.image).toEqual({ close: 95, nok: 99 })
    expect(verdict.confusion).toEqual({ ok: { OK: 1, CLOSE: 2, NOK: 0 }, nok: { OK: 0, CLOSE: 0, NOK: 1 } })
    expect(verdict.metrics.image_recall).toMatchObject({ value: 1, note: 'CLOSE images count as not rejected' })
    expect(verdict.metrics.image_precision.value).toBe(1)
  })

  test('fall back to the highest held-out score with W220 where too few are held out', async () => {
    const { thresholds, context, verdict } = await evaluateImages([...heldOut(upTo(9)), ...tested([3, 10], [20])])
    expect(thresholds.image).toEqual({ close: null, nok: 9 })
    expect(thresholds.bound).toBe(0.1)
    expect(thresholds.imageOrigin).toBe('the highest score of 9 held-out images, which bounds false rejects at 10 %')
    expect(context.warnings).toEqual([
      {
        code: 'W220',
        severity: 'warning',
        message:
          '9 held-out images cannot guarantee a false-reject rate of 1 %: their highest score guarantees 10 %, and there is no CLOSE zone',
        help: ['hold out at least 99 images, or raise image_fpr.nok to 0.1, and image_fpr.close with it'],
      },
    ])
    expect(verdict.items.map(({ id, decision }) => [id, decision]).slice(0, 3)).toEqual([
      ['test/nok/0', 'NOK'],
      ['test/ok/0', 'OK'],
      ['test/ok/1', 'NOK'],
    ])
  })

  test('suffice at exactly 1 / rate - 1 held-out images', async () => {
    const settings = { image_fpr: { close: 0.2, nok: 0.1 } }
    const enough = await evaluateImages([...heldOut(upTo(9)), ...TEST], settings)
    expect(enough.thresholds.image).toEqual({ close: 8, nok: 9 })
    expect(enough.context.warnings).toEqual([])
    const fewer = await evaluateImages([...heldOut(upTo(8)), ...TEST], settings)
    expect(fewer.thresholds.image).toEqual({ close: null, nok: 8 })
    expect(fewer.context.warnings[0].help).toEqual(['hold out at least 9 images, or raise image_fpr.nok to 0.112'])
  })

  test('take one score a part, the highest of its images', async () => {
    const images = upTo(12).map((n) => ({ ...heldOut([n])[0], id: `train/ok/${n}`, part: `part${Math.ceil(n / 3)}` }))
    const { thresholds, context } = await evaluateImages([...images, ...TEST], { image_fpr: { close: 0.5, nok: 0.2 } })
    expect(thresholds).toMatchObject({ units: 'parts', heldOut: 4, heldOutScores: [3, 6, 9, 12], bound: 0.2 })
    expect(thresholds.image).toEqual({ close: 9, nok: 12 })
    expect(thresholds.imageOrigin).toBe(
      '4 held-out parts (the highest score of each part’s images, 12 in all) at false-reject rates of 50 % (CLOSE) and 20 % (NOK)',
    )
    expect(context.warnings).toEqual([])
  })

  test('are missing with W223 where nothing is held out, and scores are still given', async () => {
    const { thresholds, verdict, context } = await evaluateImages(TEST)
    expect(thresholds).toMatchObject({
      image: { close: null, nok: null },
      pixel: null,
      imageOrigin: 'nothing is held out',
      pixelOrigin: 'nothing is held out',
    })
    expect(context.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'W223 nothing is held out: there are scores but no verdicts',
    ])
    expect(verdict.confusion).toBeNull()
    expect(verdict.metrics.image_auroc.value).toBeCloseTo(5 / 6, 12)
    expect(verdict.metrics.image_f1).toEqual({ value: null, note: 'nothing is held out' })
    expect(verdict.items.every(({ decision, pValue }) => decision === null && pValue === null)).toBe(true)
  })

  test('can be literals', async () => {
    const limits = { close: 0.028, nok: 0.0305 }
    const { thresholds, verdict, context } = await evaluateImages(tested([0.02, 0.03], [0.0305, 0.04]), { limits })
    expect(thresholds).toMatchObject({ image: limits, imageOrigin: 'set in the spec', bound: null })
    expect(context.warnings).toEqual([])
    expect(verdict.items.map(({ decision }) => decision)).toEqual(['CLOSE', 'NOK', 'OK', 'CLOSE'])
  })

  test('that contradict themselves are refused', async () => {
    await expect(evaluateImages(TEST, { limits: { close: 2, nok: 1 } })).rejects.toThrow(
      'limits.close is 2, above limits.nok, 1',
    )
    await expect(evaluateImages(TEST, { image_fpr: { close: 0.01, nok: 0.05 } })).rejects.toThrow(
      'image_fpr.close is 0.01, below image_fpr.nok, 0.05',
    )
  })

  test('of the best F1 on test are called an oracle, and a score at the threshold is NOK', async () => {
    const { thresholds, verdict, context } = await evaluateImages(tested([1, 2, 5], [4, 6]), {
      threshold_from: 'test_f1',
    })
    expect(thresholds.image).toEqual({ close: null, nok: justBelow(4) })
    expect(thresholds.imageOrigin).toBe('the best F1 on the test images: an oracle that has seen them')
    expect(verdict.metrics.image_f1).toMatchObject({
      value: 0.8,
      note: 'best threshold seen on the test images: an oracle',
    })
    expect(verdict.confusion).toEqual({ ok: { OK: 2, CLOSE: 0, NOK: 1 }, nok: { OK: 0, CLOSE: 0, NOK: 2 } })
    expect(context.warnings).toEqual([])
  })
})

describe('p-values', () => {
  test('count the held-out scores that are as high, for test images alone', async () => {
    const { verdict } = await evaluateImages([...heldOut([1, 2, 3, 4]), ...tested([2.5], [5])])
    expect(verdict.items.map(({ id, pValue }) => [id, pValue])).toEqual([
      ['test/nok/0', 1 / 5],
      ['test/ok/0', 3 / 5],
      ['train/ok/h0', null],
      ['train/ok/h1', null],
      ['train/ok/h2', null],
      ['train/ok/h3', null],
    ])
  })
})

test('a defective held-out image sets no limit', async () => {
  const images = [...heldOut([1, 2]), { ...heldOut([50], { label: 'nok' })[0], id: 'train/bad' }, ...TEST]
  const { thresholds, verdict } = await evaluateImages(images)
  expect(thresholds.heldOutScores).toEqual([1, 2])
  expect(verdict.counts.heldOut).toBe(3)
})

test('the number just below another is below it and next to it', () => {
  for (const value of [1, 0.1, 123.456, -3, 1e-300]) {
    const below = justBelow(value)
    expect(below).toBeLessThan(value)
    expect((below + value) / 2 === below || (below + value) / 2 === value).toBe(true)
  }
  expect(justBelow(0)).toBe(-Number.MIN_VALUE)
})
