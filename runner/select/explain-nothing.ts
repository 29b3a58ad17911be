import type { Diagnostic } from '../../base/diagnostic.ts'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import { type Addressed, nameIn } from './addressed.ts'
import { labelsMeant, stagesNamed, valuesOf } from './match.ts'
import type { Selector } from './parse-selector.ts'

/** Lists longer than this are cut in messages. */
const MAX_LISTED = 12

/** Why a selector fits no stage, and the nearest one that would: E003. */
export function whyNothing(stages: readonly Addressed[], selector: Selector, text: string): Diagnostic {
  const { name, cells } = selector
  const named = stagesNamed(stages, { negated: false, cells: [], ...(name !== undefined && { name }) })
  if (name !== undefined && named.length === 0) {
    const names = [...new Set(stages.map(({ address }) => nameIn(address)))]
    const how = /[*?]/.test(name) ? 'fits' : 'is named'
    return fault(`no stage ${how} "${sanitize(name)}"`, listed('stages', name, names))
  }
  const axes = [...new Set(stages.flatMap(({ variant }) => Object.keys(variant)))]
  const reaching = [...new Set(named.flatMap(({ variant }) => Object.keys(variant)))]
  for (const choice of cells) {
    const { axis, value } = choice
    if (!axes.includes(axis)) {
      const help = axes.length === 0 ? 'there is no matrix: leave @ out' : listed('axes', axis, axes)
      return fault(`no axis is named "${sanitize(axis)}"`, help)
    }
    if (!reaching.includes(axis)) continue
    if (labelsMeant(named, choice).size > 0) continue
    const known = [...valuesOf(named, axis).keys()]
    return fault(`no variant has ${axis}=${sanitize(value)}`, listed(`values of ${axis}`, value, known))
  }
  if (cells.length > 0 && !cells.some(({ axis }) => reaching.includes(axis))) {
    const what = cells.map(({ axis }) => axis).join(' or ')
    return fault(`${name!} does not vary with ${what}`, `it is the same in these variants: write ${name!}`)
  }
  const found = stagesNamed(stages, selector)
  if (found.length === 0) return fault(`no variant fits "${sanitize(text)}"`, 'compare it with the cells of the matrix')
  const side = selector.needs === undefined ? 'nothing needs' : 'nothing is needed by'
  return fault(`"${sanitize(text)}" fits no stage: ${side} ${found[0].address}`, 'leave ^ out')
}

const fault = (message: string, help: string): Diagnostic => ({
  code: 'E003',
  severity: 'error',
  message,
  help: [help],
})

function listed(what: string, wrong: string, known: readonly string[]): string {
  const near = nearestNames(wrong, known)
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''
  const more = known.length > MAX_LISTED ? `, and ${known.length - MAX_LISTED} more` : ''
  return `${hint}${what}: ${known.slice(0, MAX_LISTED).join(', ')}${more}`
}
