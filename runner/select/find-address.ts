import { Failure } from '../../base/diagnostic.ts'
import { formatCount } from '../../base/format.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Addressed } from './addressed.ts'
import { whyNothing } from './explain-nothing.ts'
import { stagesNamed } from './match.ts'
import { parseSelector } from './parse-selector.ts'

/** Candidates of an ambiguous address that are listed. */
const MAX_CANDIDATES = 12

/**
 * The one stage that a text names: its address, or as much of it as tells it apart (`train@lr=1e-3`). Throws E003
 * where there is none, E008 with the candidates where there are several.
 */
export function findAddress<T extends Addressed>(stages: readonly T[], text: string): T {
  const exact = stages.find(({ address }) => address === text)
  if (exact !== undefined) return exact
  const parsed = parseSelector(text)
  if (!parsed.ok) throw failure(parsed.error)
  const { negated, needs, dependents } = parsed.value
  if (negated || needs !== undefined || dependents !== undefined)
    throw new Failure('E003', `"${sanitize(text)}" is no address`, {
      help: ['name one stage, such as train or train@lr=1e-3'],
    })
  const found = stagesNamed(stages, parsed.value)
  if (found.length === 1) return found[0]
  if (found.length === 0) throw failure(whyNothing(stages, parsed.value, text))
  const shown = found.slice(0, MAX_CANDIDATES).map(({ address }) => address)
  const more = found.length > shown.length ? [`and ${formatCount(found.length - shown.length)} more`] : []
  throw new Failure('E008', `${sanitize(text)} fits ${formatCount(found.length)} stages`, {
    help: [`name one of them: ${[...shown, ...more].join(' ')}`],
  })
}

const failure = ({ code, message, help }: ReturnType<typeof whyNothing>): Failure =>
  new Failure(code, message, { ...(help && { help }) })
