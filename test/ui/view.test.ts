import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { permanentLine, permanentSince } from '../../ui/inline/permanent.ts'
import { view } from '../../ui/inline/view.ts'
import { PLAIN_LOOK } from '../../ui/look.ts'
import { advance, INITIAL_STATE, reduce } from '../../ui/state.ts'
import { displayWidth } from '../../ui/width.ts'
import { asEvents, progresses, stateAfter, UNTIL_18_09, WHOLE_RUN } from './example-run.ts'

const AT_18_09 = advance(stateAfter(asEvents(UNTIL_18_09)), 1_089_200)

const frame = (columns: number, rows = 24): string =>
  [
    ...permanentSince(AT_18_09, 4).map((entry) => permanentLine(entry, AT_18_09, columns, PLAIN_LOOK)),
    ...view(AT_18_09, columns, rows),
  ].join('\n')

describe('the inline screen', () => {
  test('at 80 columns', () => {
    expect(frame(80)).toBe(`\
= extract                          fresh    3,363 images
✓ sample                           done     2,880 images               41.8s
✓ pca                              done     3 variants                  3.6s
✓ train@variance=0.85,lr=1e-3      done     60 epochs                 5m 14s
✗ train@variance=0.85,lr=3e-3      failed   E612 loss is not fini…     62.8s
✓ train@variance=0.90,lr=1e-3      done     60 epochs                 6m 36s
────────────────────────────────────────────────────────────────────────────────
⠹ train@variance=0.90,lr=3e-3      running  █████░░░ 41/60 epochs     4m 31s
· 17 waiting: train 2, score 5, evaluate 5, export 5
18:09  15/33  1 running  11 ok  1 failed  3 skipped  eta 1h 55m   Ctrl-C stop`)
  })

  test('at 65 columns names are cut in the middle', () => {
    expect(frame(65)).toBe(`\
= extract              fresh    3,363 images
✓ sample               done     2,880 images               41.8s
✓ pca                  done     3 variants                  3.6s
✓ train@varia…,lr=1e-3 done     60 epochs                 5m 14s
✗ train@varia…,lr=3e-3 failed   E612 loss is not fini…     62.8s
✓ train@varia…,lr=1e-3 done     60 epochs                 6m 36s
─────────────────────────────────────────────────────────────────
⠹ train@varia…,lr=3e-3 running  █████░░░ 41/60 epochs     4m 31s
· 17 waiting: train 2, score 5, evaluate 5, export 5
18:09  15/33  1 running  11 ok  1 failed  3 skipped  eta 1h 55m`)
  })

  test('at 40 columns bar and count are gone, name and state stay', () => {
    expect(frame(40)).toBe(`\
= extract            fresh
✓ sample             done         41.8s
✓ pca                done          3.6s
✓ train@var…,lr=1e-3 done        5m 14s
✗ train@var…,lr=3e-3 failed       62.8s
✓ train@var…,lr=1e-3 done        6m 36s
────────────────────────────────────────
⠹ train@var…,lr=3e-3 running     4m 31s
· 17 waiting: train 2, score 5, evalua…
18:09  15/33  1 running  11 ok`)
  })

  test('at 120 columns there is room for the whole message', () => {
    expect(frame(120)).toBe(`\
= extract                             fresh    3,363 images
✓ sample                              done     2,880 images                                    41.8s
✓ pca                                 done     3 variants                                       3.6s
✓ train@variance=0.85,lr=1e-3         done     60 epochs                                      5m 14s
✗ train@variance=0.85,lr=3e-3         failed   E612 loss is not finite at epoch 12             62.8s
✓ train@variance=0.90,lr=1e-3         done     60 epochs                                      6m 36s
${'─'.repeat(120)}
⠹ train@variance=0.90,lr=3e-3         running  █████░░░ 41/60 epochs                          4m 31s
· 17 waiting: train 2, score 5, evaluate 5, export 5
18:09  15/33  1 running  11 ok  1 failed  3 skipped  eta 1h 55m   Ctrl-C stop`)
  })

  test('a part of an epoch is not told', () => {
    const [, half] = progresses(0, 'train@variance=0.90,lr=3e-3', { done: 41.7, total: 60, unit: 'epochs' })
    const state = reduce(AT_18_09, { ...half, v: 1, seq: 99, t: 1_089_200, run: '7f3c' })
    expect(view(state, 80, 24)[1]).toContain(' 41/60 epochs ')
  })

  test('in a window too small for a table there is one line', () => {
    expect(view(AT_18_09, 39, 24)).toEqual(['18:09 15/33 train 41/60'])
    expect(view(AT_18_09, 80, 11)).toEqual(['18:09 15/33 train 41/60'])
  })

  test('ASCII terminals get ASCII alone', () => {
    expect(view(AT_18_09, 60, 24, { color: false, ascii: true })).toEqual([
      '-'.repeat(60),
      '| train@~,lr=3e-3 running  #####... 41/60 epochs     4m 31s',
      '. 17 waiting: train 2, score 5, evaluate 5, export 5',
      '18:09  15/33  1 running  11 ok  1 failed  3 skipped',
    ])
  })

  test('colour changes nothing but escape codes', () => {
    const coloured = view(AT_18_09, 80, 24, { color: true, ascii: false })
    expect(coloured[1]).toContain('\u001b[33mrunning  \u001b[39m')
    expect(coloured.map((line) => line.replace(/\u001b\[\d+m/g, '').trimEnd())).toEqual(view(AT_18_09, 80, 24))
  })

  test('never grows over the window, whatever its size and the moment', () => {
    const events = asEvents(WHOLE_RUN)
    const states = events.map((_, i) => events.slice(0, i + 1).reduce(reduce, INITIAL_STATE))
    fc.assert(
      fc.property(
        fc.nat(states.length - 1),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 2, max: 60 }),
        (i, columns, rows) => {
          const lines = view(states[i], columns, rows)
          expect(lines.length).toBeLessThanOrEqual(Math.min(10, rows - 1))
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
        },
      ),
    )
  })
})

describe('permanent lines', () => {
  test('fall due one after another, whenever a screen looks', () => {
    const events = asEvents(WHOLE_RUN)
    const atOnce = permanentSince(stateAfter(events), 0).map((entry) =>
      permanentLine(entry, stateAfter(events), 80, PLAIN_LOOK),
    )
    fc.assert(
      fc.property(fc.array(fc.nat(events.length), { maxLength: 8 }), (cuts) => {
        const seen: string[] = []
        let told = 0
        for (const cut of [...cuts.sort((a, b) => a - b), events.length]) {
          const state = stateAfter(events.slice(0, cut))
          seen.push(...permanentSince(state, told).map((entry) => permanentLine(entry, state, 80, PLAIN_LOOK)))
          told = state.ended.length
        }
        expect(seen).toEqual(atOnce)
      }),
    )
  })
})
