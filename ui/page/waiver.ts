import type { Waiver } from '../../runner/events.ts'
import { reasonNames } from '../reason-text.ts'

/** `Accepted sample as of run 7f3c in place of today's (input-changed), by anna on 2026-11-23.` */
export const waiverSentence = ({ address, run, reasons, who, when }: Waiver): string =>
  `Accepted ${address} as of run ${run} in place of today's (${reasonNames(reasons)}), by ${who} on ${when.slice(0, 10)}.`
