import { expect, test } from 'vitest'
import type { RunDocument } from '../../runner/history/run-document.ts'
import { renderSweep } from '../../ui/sweep.ts'
import { exampleSweep } from './example-sweep.ts'

const page = renderSweep(exampleSweep())
const text = page
  .replace(/<(script|style)[^]*?<\/\1>/g, '')
  .replace(/<[^>]*>/g, ' ')
  .replace(/\s+/g, ' ')

test('names the best variant, and puts it first', () => {
  expect(text).toContain(
    '4 variants compared; the best image AUROC, 0.930 [0.900, 0.960] , has variance=0.90,lr=3e-3 .',
  )
  expect(text).toContain('0.90 3e-3 0.930 [0.900, 0.960] best')
  expect(page.indexOf('data-value="0.93"')).toBeLessThan(page.indexOf('data-value="0.92"'))
})

test('says of each other variant how far it is from the best, and whether these images can tell', () => {
  expect(text).toContain('0.90 1e-3 0.920 [0.890, 0.950] −0.010 [−0.030, +0.010] not worse')
  expect(text).toContain('0.85 1e-3 0.850 [0.820, 0.880] −0.080 [−0.120, −0.040] met')
})

test('spells axis values as the spec does, and links to the report of a variant', () => {
  expect(page).toContain('<a href="./report-variance=0.90.html">report</a>')
  expect(text).not.toContain('0.9 1e-3')
})

test('draws every axis, and all of them together', () => {
  expect(page).toContain('aria-label="Mean over variance: 0.85: 0.855, 0.90: 0.925"')
  expect(page.match(/<polyline[^>]*><title>/g)).toHaveLength(4)
})

test('loses no variant that came to no verdict', () => {
  const { document, ...rest } = exampleSweep()
  const cells: NonNullable<RunDocument['spec']['cells']> = [...document.spec.cells!, { label: 'x', variant: {} }]
  const one = renderSweep({ ...rest, document: { ...document, spec: { ...document.spec, cells } } })
  expect(one).toContain('1 variant came to no verdict')
})
