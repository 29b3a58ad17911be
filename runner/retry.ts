import type { Diagnostic } from '../base/diagnostic.ts'

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000

/** Failures of a stage that another attempt would only repeat: its output breaks its contract, its loss is not finite. */
const LASTING = new Set(['E604', 'E612'])

/** Whether a failure may pass: it came while running (E6xx), not from the spec, the data or the machine. */
export const mayPass = ({ code }: Diagnostic): boolean => code.startsWith('E6') && !LASTING.has(code)

/** Pause before an attempt, from the second on: doubled each time, at most a minute. */
export const waitBefore = (attempt: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 2))
