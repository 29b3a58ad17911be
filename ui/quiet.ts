import { closingText } from './closing.ts'
import type { Output, RunUi } from './run-ui.ts'
import { INITIAL_STATE, reduce } from './state.ts'

/** `--ui quiet`: silent on success, even with warnings; errors and the summary otherwise. */
export function openQuiet(output: Output): RunUi {
  let state = INITIAL_STATE
  return {
    event(event) {
      state = reduce(state, event)
    },
    close(outcome) {
      if (state.end?.exit !== 0) output.write(closingText(state, outcome, output))
      return Promise.resolve()
    },
  }
}
