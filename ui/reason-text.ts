import { formatCount } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import { unreachable } from '../base/unreachable.ts'
import type { Reason } from '../runner/events.ts'

/** A reason as plan, summary and record say it: its type, then what changed. */
export const reasonText = (reason: Reason): string => `${reason.type} ${detailOf(reason)}`.trimEnd()

/** The types of some reasons, each once: `input-changed, upstream-output-changed`. */
export const reasonNames = (reasons: readonly Reason[]): string =>
  [...new Set(reasons.map(({ type }) => type))].join(', ') || 'not in the cache'

/** What changed, as `why` says it beside the type: a sentence where a few words are not enough. */
export function longReason(reason: Reason): string {
  switch (reason.type) {
    case 'no-previous-run':
      return 'never ran here'
    case 'spec-field-changed':
      return `${sanitize(reason.path)}  ${valueText(reason.old)} -> ${valueText(reason.new)}`
    case 'stage-version-changed':
      return `version ${reason.old} -> ${reason.new}`
    case 'previous-attempt-failed':
      return `failed in run ${reason.run} with ${reason.code}`
    default:
      return detailOf(reason)
  }
}

function detailOf(reason: Reason): string {
  switch (reason.type) {
    case 'no-previous-run':
      return ''
    case 'spec-field-changed':
      return `${reason.path} ${valueText(reason.old)} -> ${valueText(reason.new)}`
    case 'stage-version-changed':
      return `${reason.old} -> ${reason.new}`
    case 'input-added':
    case 'input-removed':
    case 'input-changed': {
      const examples = reason.examples.map(sanitize).join(', ')
      const more = reason.n > reason.examples.length ? ', ...' : ''
      const what = reason.what === undefined ? '' : ` (${reason.what.join(', ')})`
      return `${formatCount(reason.n)} of ${formatCount(reason.total)} ${reason.of ?? 'images'}${what}${examples === '' ? '' : `: ${examples}${more}`}`
    }
    case 'upstream-output-changed':
      return `${reason.stage} ${reason.artifact}${changeText(reason.old, reason.new)}`
    case 'weights-changed':
    case 'env-changed':
      return `${reason.name}${changeText(reason.old, reason.new)}`
    case 'output-missing':
    case 'output-modified':
      return sanitize(reason.artifact)
    case 'cache-entry-corrupt':
    case 'cache-evicted':
    case 'cache-not-read':
      return reason.detail
    case 'previous-attempt-failed':
      return `run ${reason.run} ${reason.code}`
    case 'forced':
      return reason.option
    default:
      return unreachable(reason)
  }
}

/** Digests by their head, names as they are. */
function changeText(old: string | undefined, now: string | undefined): string {
  if (old === undefined || now === undefined) return ''
  const short = (text: string): string => (/^[0-9a-f]{64}$/.test(text) ? text.slice(0, 8) : sanitize(text))
  return ` ${short(old)} -> ${short(now)}`
}

/** A setting's value; `none` where it is not set. */
export const valueText = (value: unknown): string => {
  if (value === null || value === undefined) return 'none'
  return sanitize(typeof value === 'string' ? value : JSON.stringify(value))
}
