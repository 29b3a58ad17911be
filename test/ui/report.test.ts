import { describe, expect, test } from 'vitest'
import { renderReport } from '../../ui/report.ts'
import { exampleReport } from './example-report.ts'

const EVIL = `a"b'</script><img onerror=alert(1)>&\u0007\u202e.png`

const input = await exampleReport()
const report = renderReport(input, 200)
const text = report
  .replace(/<(script|style)[^]*?<\/\1>/g, '')
  .replace(/<[^>]*>/g, ' ')
  .replace(/\s+/g, ' ')

describe('the report of a run', () => {
  test('has the same bytes for the same input', async () => {
    expect(renderReport(await exampleReport(), 200)).toBe(report)
  })

  test('loads nothing from outside', () => {
    const urls = [...report.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url)
    expect(urls.filter((url) => !url.startsWith('data:image/webp;base64,') && !url.startsWith('#'))).toEqual([])
    expect(report).toContain('default-src &#39;none&#39;; img-src data:')
  })

  test('says how the run ended, which gates it missed, and what to know', () => {
    expect(text).toContain('GATE MISSED')
    expect(text).toContain('image AUROC 0.95 0.921 [0.893, 0.946] missed')
    expect(text).toContain('2 things to know')
    expect(text).toContain('warning W222 no part known, split by image')
  })

  test('says what ran when, from what, and how to run it again', () => {
    expect(text).toContain('train@variance=0.90,lr=1e-3 done 60.0s 1m 50s 1.1 GB')
    expect(report).toContain('left:25%;width:50%')
    expect(text).toContain('train@variance=0.90,lr=1e-3: loss')
    expect(text).toContain('pipeline run dataset-b-170 --set &#39;params.data=my parts&#39;')
    expect(text).toContain('3dbdb1d, with changes')
  })

  test('shows as many images as it was asked for and names the rest', () => {
    const cards = (html: string): number => html.split('class="card"').length - 1
    expect(cards(report)).toBe(200)
    expect(report).toContain('20 more images')
    expect(cards(renderReport(input, 3))).toBe(3)
  })

  test('stays below 5 MB whatever its pictures weigh', () => {
    const heavy = { image: new Uint8Array(100_000), heat: new Uint8Array(0), predicted: undefined, truth: undefined }
    const pictures = new Map(input.verdict.items.map(({ digest }) => [digest, heavy]))
    const page = renderReport({ ...input, pictures }, 200)
    expect(page.length).toBeLessThan(5e6)
    expect(page).toContain('186 more images')
  })

  test('names every image where there are no pictures', () => {
    const page = renderReport({ ...input, pictures: new Map() }, 200)
    expect(page).toContain('220 more images')
    expect(page).toContain('No pictures')
  })

  test('shows hostile names as text', () => {
    const [first, ...others] = input.verdict.items
    const verdict = { ...input.verdict, items: [{ ...first, id: EVIL }, ...others] }
    const page = renderReport({ ...input, verdict, variant: EVIL }, 300)
    expect(page).toContain('a&quot;b&#39;&lt;/script&gt;&lt;img onerror=alert(1)&gt;&amp;\\x07\\u202e.png')
    expect(page).not.toContain('<img onerror')
    expect(page).not.toContain('\u0007')
  })
})
