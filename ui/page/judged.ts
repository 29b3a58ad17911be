import type { VerdictItem } from '../../artifacts/verdict.ts'
import { type Html, html } from './html.ts'

/** A defective image that was let through. */
export const isMiss = ({ label, decision }: VerdictItem): boolean => label === 'nok' && decision === 'OK'
/** A good image that was turned away. */
export const isFalseReject = ({ label, decision }: VerdictItem): boolean => label === 'ok' && decision === 'NOK'
const rank = (item: VerdictItem): number => (isMiss(item) ? 0 : isFalseReject(item) ? 1 : 2)

/** Misses, then false rejects, then the rest, each by falling score. */
export const worstFirst = (a: VerdictItem, b: VerdictItem): number =>
  rank(a) - rank(b) || b.score - a.score || (a.id < b.id ? -1 : 1)

const TONES = { OK: 'good', CLOSE: 'close', NOK: 'bad' } as const

/** `NOK`, and in words where that is wrong. */
export function badge(item: VerdictItem): Html {
  if (item.decision === null) return html`<span class="badge soft">no verdict</span>`
  const wrong = isMiss(item) ? ', a miss' : isFalseReject(item) ? ', a false reject' : ''
  return html`<span class="badge ${wrong === '' ? TONES[item.decision] : 'bad'}">${item.decision}${wrong}</span>`
}
