import { expect, test } from 'vitest'
import type { PlannedStage } from '../../runner/events.ts'
import { planningText } from '../../ui/planning-line.ts'
import { resultText } from '../../ui/row-text.ts'

test('what is read are files, what is decoded are images', () => {
  expect(planningText({ what: 'reading', done: 1200, total: 20_000 })).toBe('reading 1,200/20,000 files')
  expect(planningText({ what: 'decoding', done: 3, total: 9 })).toBe('decoding 3/9 images')
})

test('a stage over files tells files, one over images tells images', () => {
  const planned: PlannedStage = {
    ...{
      stage: 'a',
      variant: {},
      address: 'a',
      kind: 'command/shell',
      needs: [],
      plan: 'run',
      reasons: [],
      list: false,
    },
    items: 20_000,
  }
  expect(resultText({ planned: { ...planned, of: 'files' }, state: 'done', log: [] })).toBe('20,000 files')
  expect(resultText({ planned, state: 'done', log: [] })).toBe('20,000 images')
})
