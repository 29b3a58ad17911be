import { describe, expect, test } from 'vitest'
import { renderPage } from '../../ui/page.ts'
import { examplePage } from './example-page.ts'

const EVIL = `a"b'<script>alert(1)</script>&\u0007\u202e.png`

describe('the page of a run', () => {
  const page = renderPage(examplePage())

  test('the same input gives the same bytes', () => {
    expect(renderPage(examplePage())).toBe(page)
  })

  test('runs no script, loads nothing from outside, names no time and no run', () => {
    expect(page).not.toMatch(/<script|javascript:|https?:\/\//)
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; img-src &#39;self&#39; file:; style-src &#39;unsafe-inline&#39;">`,
    )
  })

  test('tells the result in one sentence', () => {
    const text = page.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
    expect(text).toContain(
      '220 test images, 60 of them defective. 45 found, 7 missed, 8 close. Of 160 good images, 1 rejected.',
    )
    expect(text).toContain('Learnt from 720 good images, limits from 180 held-out images. Protocol standard.')
    expect(text).toContain(
      'A border of 20 cells does not count (58.5 % of the area does), which holds 12.0 % of all defective pixels; 3 defects lie there alone, and counted as missed leave a recall of 0.740.',
    )
    expect(text).toContain('grey deviation alone reaches an image AUROC of 0.601')
  })

  test('lists the worst found type of defect first', () => {
    const order = ['stain', 'scratch', 'dent'].map((defect) => page.indexOf(`<td>${defect}</td>`))
    expect(order).toEqual([...order].sort((a, b) => a - b))
    expect(order[0]).toBeGreaterThan(0)
  })

  test('shows misses, then false rejects, then the rest by falling score', () => {
    const badges = [...page.matchAll(/<span class="badge (?:good|close|bad)">([^<]*)<\/span> &nbsp; ([\d.]+)/g)]
    const words = badges.map(([, text]) => text)
    expect(words.slice(0, 7)).toEqual(new Array(7).fill('OK, a miss'))
    expect(words[7]).toBe('NOK, a false reject')
    const scores = badges.slice(8).map(([, , score]) => Number(score))
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(page).toContain('<summary>20 more images</summary>')
  })

  test('names are shown, never obeyed', () => {
    const input = examplePage()
    const [first, ...rest] = input.verdict.items
    const evil = renderPage({
      ...input,
      name: EVIL,
      summary: EVIL,
      variant: EVIL,
      verdict: {
        ...input.verdict,
        items: [{ ...first, id: EVIL, defect: EVIL }, ...rest],
        baselines: { image: { [EVIL]: { value: 0.5 } }, pixel: {}, warnings: [EVIL] },
        defects: [{ ...input.verdict.defects[0], defect: EVIL }],
      },
      pictures: new Map([[EVIL, { heatMap: 'javascript:alert(1)', overlay: `"onerror="x`, mask: '../m.png' }]]),
    })
    expect(evil).not.toContain('<script>')
    expect(evil).not.toMatch(/[\u0007\u202e]/)
    expect(evil).toContain('a&quot;b&#39;&lt;script&gt;alert(1)&lt;/script&gt;&amp;\\x07\\u202e.png')
    expect(evil).toContain('href="./javascript%3Aalert(1)"')
    expect(evil).toContain('src="./%22onerror%3D%22x"')
  })

  test('without limits there are scores and no verdicts', () => {
    const input = examplePage()
    const text = renderPage({
      ...input,
      thresholds: {
        ...input.thresholds,
        image: { close: null, nok: null },
        pixel: null,
        imageOrigin: 'no held-out images',
        bound: null,
        heldOut: 0,
        heldOutScores: [],
      },
      verdict: {
        ...input.verdict,
        confusion: null,
        items: input.verdict.items.map((item) => ({ ...item, decision: null })),
      },
    })
    expect(text).toContain('There is no limit, so no image was judged.')
    expect(text).toContain('There are none: no held-out images. Images have scores, but no verdict.')
    expect(text).not.toContain('Decisions on the test images')
  })
})
