import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EventBody, PlannedStage, RunEvent } from '../../runner/events.ts'
import { countStages } from '../../ui/counts.ts'
import { runEta } from '../../ui/inline/run-eta.ts'
import { INITIAL_STATE, reduce } from '../../ui/state.ts'
import { asEvents, PLAN, progresses, START, STAGES, starts, stateAfter, UNTIL_18_09, WHOLE_RUN } from './example-run.ts'

const END_STATES = ['fresh', 'cached', 'done', 'cut-off', 'skipped', 'failed'] as const

/** Any order the event rules allow: start and plan first, at most one start before the one end of each stage, run.end last. */
const anyRun: fc.Arbitrary<RunEvent[]> = fc
  .array(fc.record({ stage: fc.nat(STAGES.length - 1), choice: fc.nat(5), gap: fc.nat(2000) }), { maxLength: 150 })
  .map((moves) => {
    const phase = new Map<number, 'running' | 'ended'>()
    const changes: [number, EventBody][] = [
      [0, START],
      [100, PLAN],
    ]
    let t = 100
    for (const { stage, choice, gap } of moves) {
      t += gap
      const body = nextMove(STAGES[stage], phase.get(stage), choice)
      if (body === undefined) continue
      if (body.type === 'stage.start') phase.set(stage, 'running')
      if (body.type === 'stage.end') phase.set(stage, 'ended')
      changes.push([t, body])
    }
    return asEvents(changes)
  })

function nextMove(
  { stage, variant, address }: PlannedStage,
  phase: 'running' | 'ended' | undefined,
  choice: number,
): EventBody | undefined {
  const usage = { wallMs: 1, cpuMs: 0, rssBytes: 0, bytes: 0, savedMs: 0 }
  if (phase === 'ended') return undefined
  if (phase === undefined && choice < 3) return starts(0, address)[1]
  if (phase === 'running' && choice < 3) return progresses(0, address, { done: choice, total: 3, unit: 'images' })[1]
  return { type: 'stage.end', stage, variant, state: END_STATES[choice], ...usage }
}

describe('the state of a run', () => {
  test('counts every stage once, in whatever order events come', () => {
    fc.assert(
      fc.property(anyRun, (events) => {
        const { rows, ended } = events.reduce(reduce, INITIAL_STATE)
        const counts = countStages(rows)
        expect(counts.ok + counts.failed + counts.skipped + counts.running + counts.waiting).toBe(STAGES.length)
        expect(counts.ended).toBe(ended.length)
        expect(new Set(ended).size).toBe(ended.length)
        const endEvents = events.filter(({ type }) => type === 'stage.end').length
        expect(ended.length).toBe(endEvents)
      }),
    )
  })

  test('never changes what was said before: earlier states stay as they were', () => {
    fc.assert(
      fc.property(anyRun, (events) => {
        const before = stateAfter(events.slice(0, 5))
        const copy = structuredClone(before)
        for (const event of events.slice(5)) reduce(before, event)
        expect(before).toEqual(copy)
      }),
    )
  })

  test('moves its clock forward only', () => {
    fc.assert(
      fc.property(anyRun, (events) => {
        let state = INITIAL_STATE
        for (const event of events) {
          const next = reduce(state, event)
          expect(next.nowMs).toBeGreaterThanOrEqual(state.nowMs)
          state = next
        }
      }),
    )
  })

  test('a second end of a stage, and events of unknown types or stages, change nothing', () => {
    const state = stateAfter(asEvents(WHOLE_RUN))
    const end = asEvents(WHOLE_RUN).find(({ type }) => type === 'stage.end')!
    expect(reduce(state, { ...end, state: 'failed' } as RunEvent)).toEqual(state)
    expect(reduce(state, { ...end, type: 'stage.later' } as unknown as RunEvent)).toEqual(state)
    expect(reduce(state, { ...end, stage: 'nowhere' } as RunEvent)).toEqual(state)
  })

  test('keeps the last 20 log lines of a stage', () => {
    const [, body] = starts(0, 'sample')
    const log = (text: string): RunEvent =>
      ({
        v: 1,
        seq: 9,
        t: 5,
        run: '7f3c',
        type: 'stage.log',
        stage: 'sample',
        variant: {},
        level: 'info',
        text,
      }) as const
    const started = stateAfter(
      asEvents([
        [0, START],
        [1, PLAN],
        [2, body],
      ]),
    )
    const lines = Array.from({ length: 25 }, (_, i) => `line ${i}`)
    const { rows } = lines.map(log).reduce(reduce, started)
    expect(rows[5].log.map(({ text }) => text)).toEqual(lines.slice(5))
  })

  test('the estimate adds what runs to the recorded costs of what waits', () => {
    expect(runEta(stateAfter(asEvents(UNTIL_18_09)))).toBe(124_000 + 17 * 400_000)
  })

  test('there is no estimate while a stage without history waits', () => {
    const unknown = { ...PLAN, stages: STAGES.map((stage) => ({ ...stage, estMs: undefined })) } as unknown as EventBody
    expect(
      runEta(
        stateAfter(
          asEvents([
            [0, START],
            [1, unknown],
          ]),
        ),
      ),
    ).toBeUndefined()
  })
})
