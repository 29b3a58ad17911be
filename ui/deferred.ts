import type { RunEvent } from '../runner/events.ts'
import type { RunUi } from './run-ui.ts'

/** A screen that is still loading: events wait for it in their order. */
export function deferUi(loading: Promise<RunUi>): RunUi {
  const waiting: RunEvent[] = []
  let loaded: RunUi | undefined
  const ready = loading.then((ui) => {
    for (const event of waiting) ui.event(event)
    loaded = ui
  })
  ready.catch(() => {}) // told by `close`
  return {
    event(event) {
      if (loaded === undefined) waiting.push(event)
      else loaded.event(event)
    },
    async close(outcome) {
      await ready
      await loaded?.close(outcome)
    },
  }
}
