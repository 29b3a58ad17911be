import { expect, test } from 'vitest'
import { watchSignals } from '../../cli/signals.ts'

function rig() {
  const clock = { ms: 0 }
  const watch = watchSignals(
    () => {},
    () => clock.ms,
  )
  return { clock, watch }
}

test('the first signal stops, and says which it was', () => {
  const { watch } = rig()
  process.emit('SIGTERM', 'SIGTERM')
  expect([watch.stop.aborted, watch.stop.reason, watch.kill.aborted, watch.received()]).toEqual([
    true,
    'SIGTERM',
    false,
    'SIGTERM',
  ])
  watch.release()
})

test('a second one within 300 ms is the same keypress, a later one kills', () => {
  const { clock, watch } = rig()
  watch.interrupt('SIGINT')
  clock.ms = 299
  watch.interrupt('SIGINT')
  expect(watch.kill.aborted).toBe(false)
  clock.ms = 300
  watch.interrupt('SIGINT')
  expect(watch.kill.aborted).toBe(true)
  watch.release()
})

test('after release signals are no longer taken', () => {
  const before = process.listenerCount('SIGINT')
  const { watch } = rig()
  expect(process.listenerCount('SIGINT')).toBe(before + 1)
  watch.release()
  expect(process.listenerCount('SIGINT')).toBe(before)
})
