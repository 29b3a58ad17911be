import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { renderReport } from '../../ui/report.ts'
import { renderSweep } from '../../ui/sweep.ts'
import { exampleReport } from '../ui/example-report.ts'
import { exampleSweep } from '../ui/example-sweep.ts'
import { describeInChromium, startChromium } from './chromium.ts'

describeInChromium('reports in a browser', () => {
  let folder: string
  let browser: Browser
  let page: Page
  let complaints: string[]
  let requests: string[]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flawline-'))
    writeFileSync(join(folder, 'report.html'), renderReport(await exampleReport(), 200))
    writeFileSync(join(folder, 'sweep.html'), renderSweep(exampleSweep()))
    browser = await startChromium()
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    page = await browser.newPage()
    complaints = []
    requests = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url().split('/')[0]))
    await page.goto(`file://${join(folder, 'report.html')}`)
  })
  afterEach(async () => {
    expect(complaints).toEqual([])
    expect(new Set(requests)).toEqual(new Set(['file:']))
    await page.close()
  })

  const tried = async (): Promise<string[]> =>
    Promise.all(['good-ok', 'good-nok', 'bad-ok', 'bad-nok'].map((id) => page.locator(`#${id}`).innerText()))

  test('counts decisions anew where its slider stands', async () => {
    const { verdict, thresholds } = await exampleReport()
    const counts = (limit: number): string[] =>
      (['ok', 'nok'] as const).flatMap((label) => {
        const scores = verdict.items.filter((item) => item.label === label).map(({ score }) => score)
        const above = scores.filter((score) => score > limit).length
        return [String(scores.length - above), String(above)]
      })
    expect(await tried()).toEqual(counts(thresholds.image.nok!))
    await page.locator('#limit').fill('0.025')
    expect(await tried()).toEqual(counts(0.025))
    expect(await page.locator('#limit-value').innerText()).toBe('NOK above 0.025')
    await page.locator('#limit-back').click()
    expect(await tried()).toEqual(counts(thresholds.image.nok!))
  })

  test('chooses and orders the images', async () => {
    const shown = page.locator('.card:visible')
    expect(await shown.count()).toBe(200)
    await page.locator('select[name=show]').selectOption('miss')
    expect(await shown.count()).toBe(7)
    await page.locator('select[name=order]').selectOption('rising')
    const cards = await shown.all()
    const scores = await Promise.all(cards.map(async (card) => Number(await card.getAttribute('data-score'))))
    expect(scores).toEqual([...scores].sort((a, b) => a - b))
  })

  test('walks through the images by keys', async () => {
    const words = page.locator('#viewer-words')
    await page.locator('.card').first().focus()
    await page.keyboard.press('Enter')
    expect(await words.innerText()).toMatch(/\(1 of 200\)$/)
    await page.keyboard.press('ArrowRight')
    expect(await words.innerText()).toMatch(/\(2 of 200\)$/)
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    expect(await words.innerText()).toMatch(/\(200 of 200\)$/)
    await page.keyboard.press('p')
    expect(await page.locator('#zoomed .predicted').isVisible()).toBe(false)
    await page.keyboard.press('+')
    expect(await page.locator('#viewer').getAttribute('style')).toContain('--zoom: 1.5')
    await page.keyboard.press('Escape')
    expect(await page.locator('#viewer').isVisible()).toBe(false)
  })

  test('sorts the variants of a sweep by any column', async () => {
    await page.goto(`file://${join(folder, 'sweep.html')}`)
    const first = page.locator('.sortable tbody tr').first()
    const head = page.locator('.sortable th').nth(2)
    await head.locator('button').click()
    expect(await first.innerText()).toMatch(/^0\.85\s+1e-3/)
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    await head.locator('button').click()
    expect(await first.innerText()).toMatch(/^0\.90\s+3e-3/)
  })

  test.each([
    ['report', 'light'],
    ['report', 'dark'],
    ['sweep', 'light'],
    ['sweep', 'dark'],
  ] as const)('has nothing that axe finds fault with: %s, %s', async (name, colorScheme) => {
    const context = await browser.newContext({ bypassCSP: true, colorScheme }) // axe is a script of its own
    const own = await context.newPage()
    await own.goto(`file://${join(folder, `${name}.html`)}`)
    await own.addScriptTag({ content: axe.source })
    const found = await own.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()')
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([])
    await context.close()
  })

  test('can be read without its program', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const own = await context.newPage()
    await own.goto(`file://${join(folder, 'report.html')}`)
    expect(await own.locator('#try-limit').isVisible()).toBe(false)
    expect(await own.locator('#controls').isVisible()).toBe(false)
    expect(await own.locator('.card:visible').count()).toBe(200)
    await context.close()
  })
})
