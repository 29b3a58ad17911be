import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EventBody } from '../../runner/events.ts'
import { openInline } from '../../ui/inline/inline.ts'
import { PLAIN_LOOK } from '../../ui/look.ts'
import { asEvents, ends, PLAN, progresses, SOURCES, STAGES, START, starts } from './example-run.ts'
import { FakeKeyboard, FakeTerminal } from './fake-terminal.ts'

const END: EventBody = { type: 'run.end', exit: 0, result: 'passed', counts: {}, wallMs: 900, savedMs: 0, waivers: [] }
const SMALL = { ...PLAN, stages: STAGES.slice(0, 7), variants: 1 } as EventBody

type Changes = Parameters<typeof asEvents>[0]

function rig({ rows = 24 } = {}) {
  const terminal = new FakeTerminal(80, rows)
  const keyboard = new FakeKeyboard()
  const interrupts: string[] = []
  const output = {
    write: (text: string) => void terminal.write(text),
    look: PLAIN_LOOK,
    columns: () => terminal.columns,
  }
  const ui = openInline(output, { terminal, keyboard, onInterrupt: () => interrupts.push('Ctrl-C'), verbose: false })
  const send = (...changes: Changes): void => {
    for (const event of asEvents(changes)) ui.event(event)
  }
  const close = () => ui.close({ diagnostics: [], sources: SOURCES, cwd: '/work', recordPath: '.pipeline/runs/7f3c' })
  return { terminal, keyboard, interrupts, send, close }
}

describe('the inline screen on a terminal', () => {
  // The real clock of ink's own throttle stays; only what the screen itself waits for is moved by hand.
  beforeEach(() =>
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date'] }),
  )
  afterEach(() => vi.useRealTimers())

  async function mounted(rows = 24) {
    const all = rig({ rows })
    all.send([0, START], [100, SMALL], ends(110, 'acquire', 'fresh'), starts(120, 'sample'))
    await vi.advanceTimersByTimeAsync(300)
    await vi.waitFor(() => expect(all.keyboard.raw).toBe(true), { timeout: 15_000 })
    await vi.advanceTimersByTimeAsync(100)
    return all
  }

  test('draws a window below the permanent lines, and takes it away at the end', async () => {
    const { terminal, send, close, keyboard } = await mounted()
    send(progresses(400, 'sample', { done: 689, total: 2880, unit: 'images' }))
    await vi.advanceTimersByTimeAsync(200)
    expect(terminal.lines.slice(0, 4)).toEqual([
      'seed 7  onnx-cpu  2 cores  7 stages: 5 fresh, 1 to run, 1 may run',
      '= acquire                fresh    1,203 images',
      '─'.repeat(80),
      expect.stringMatching(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] sample                 running  ██░░░░░░ 689\/2,880 images/u),
    ])
    send(ends(900, 'sample', 'done', 780, { items: { total: 2880, computed: 2880, reused: 0 } }), [950, END])
    await close()
    expect(terminal.lines).toEqual([
      'seed 7  onnx-cpu  2 cores  7 stages: 5 fresh, 1 to run, 1 may run',
      '= acquire                fresh    1,203 images',
      '✓ sample                 done     2,880 images                          0.8s',
      '',
      ' Stages   2 ok (1 done, 1 fresh) | 5 not reached | 7 in all',
      ' Time     0.9s',
      ' Run      7f3c  seed 7  onnx-cpu  .pipeline/runs/7f3c',
      '',
    ])
    expect(keyboard.raw).toBe(false)
  })

  test('the spinner moves by itself', async () => {
    const { terminal, send, close } = await mounted()
    const glyphs = new Set<string>()
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(100)
      glyphs.add(terminal.lines.find((line) => line.includes('running  '))?.[0] ?? '')
    }
    expect(glyphs.size).toBeGreaterThan(2)
    send([950, END])
    await close()
  })

  test('Ctrl-C as a byte goes where the signal goes; letters go nowhere', async () => {
    const { keyboard, interrupts, send, close } = await mounted()
    for (const byte of [0x71, 0x0d, 0x03]) keyboard.press(byte)
    expect(interrupts).toEqual(['Ctrl-C'])
    send([950, END])
    await close()
  })

  test('a window made shorter is never cleared as a whole, and neither is the scrollback', async () => {
    const { terminal, send, close } = await mounted(24)
    terminal.resize(80, 6)
    await vi.advanceTimersByTimeAsync(300)
    terminal.resize(60, 3)
    await vi.advanceTimersByTimeAsync(300)
    expect(terminal.written).not.toMatch(/\u001b\[[23]J|\u001bc/)
    expect(terminal.lines.findLast((line) => line !== '')).toMatch(/^\d+:\d\d 1\/7 sample$/)
    send([950, END])
    await close()
  })

  test('a frame is one synchronized write', async () => {
    const { terminal, send, close } = await mounted()
    const before = terminal.writes
    await vi.advanceTimersByTimeAsync(1000)
    expect(terminal.writes - before).toBeLessThanOrEqual(13)
    expect(terminal.written.split('\u001b[?2026h').length).toBe(terminal.written.split('\u001b[?2026l').length)
    send([950, END])
    await close()
  })
})

test('a run that is over within 300 ms never loads the screen library', async () => {
  const { terminal, keyboard, send, close } = rig()
  send([0, START], [100, SMALL], starts(120, 'sample'), ends(200, 'sample', 'done', 80), [210, END])
  await close()
  expect(keyboard.raw).toBe(false)
  expect(terminal.lines.slice(0, 3)).toEqual([
    'seed 7  onnx-cpu  2 cores  7 stages: 5 fresh, 1 to run, 1 may run',
    '✓ sample                 done     2,880 images                          0.1s',
    '',
  ])
})
