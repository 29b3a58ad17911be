import { expect, test } from 'vitest'
import { PLAIN_LOOK } from '../../ui/look.ts'
import { statusRows, statusTable } from '../../ui/status-table.ts'
import { asEvents, STAGES, UNTIL_18_09 } from './example-run.ts'

const NOW = new Date(2026, 10, 23, 14, 20)
const SPEC = { name: 'dataset-b-170', path: 'pipelines/dataset-b-170.yaml' }

test('a run in progress, by its events', () => {
  const running = { run: '7f3c', pid: 4127, events: asEvents(UNTIL_18_09) }
  const rows = statusRows({ spec: SPEC, stages: STAGES, since: new Map(), running }, NOW)
  expect(statusTable(rows, PLAIN_LOOK).slice(5).join('\n')).toBe(`\
= extract   fresh    1/1  run 7f3c, 14:02
✓ sample    done     1/1  run 7f3c, 14:03
✓ pca       done     3/3  run 7f3c, 14:03
⠹ train     running  3/6  run 7f3c, pid 4127  1 failed: variance=0.85,lr=3e-3 E612
· score     waiting  1/6  run 7f3c  1 skipped
· evaluate  waiting  1/6  run 7f3c  1 skipped
· export    waiting  1/6  run 7f3c  1 skipped`)
})

test('without one, the words of the plan', () => {
  const since = new Map([['extract', { run: '2a90', started: new Date(2026, 10, 21, 9, 40).toISOString() }]])
  const rows = statusRows({ spec: SPEC, stages: STAGES, since }, NOW)
  expect(statusTable(rows, PLAIN_LOOK).slice(5, 8).join('\n')).toBe(`\
= extract   fresh  1/1  run 2a90, 21 Nov 09:40
* sample    run    0/1
? pca       maybe  0/3`)
})
