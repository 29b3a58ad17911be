import type { ActionRecord } from '../cache/records.ts'
import type { EventBody } from './events.ts'
import type { SpecStage } from './spec/spec.ts'

/** The same key gave other bytes: told, and what was there first stays. */
export const otherBytes = (stage: SpecStage, what: string): EventBody => ({
  type: 'diagnostic',
  diagnostic: {
    code: 'W503',
    severity: 'warning',
    message: `${stage.address} gave other bytes than before under the same key for ${what}; the earlier ones stay`,
    at: stage.placeOf(),
  },
  stage: stage.name,
  variant: stage.variant,
})

const EXAMPLES = 3

/** `a.png, b.png, c.png, ...`. */
export const some = (names: readonly string[]): string =>
  [...names.slice(0, EXAMPLES), ...(names.length > EXAMPLES ? ['...'] : [])].join(', ')

/** Whether two sets of outputs are the same bytes. */
export const sameOutputs = (a: ActionRecord['outputs'], b: ActionRecord['outputs']): boolean => {
  const digests = (outputs: ActionRecord['outputs']): string =>
    Object.entries(outputs)
      .map(([name, { digest }]) => `${name} ${digest}`)
      .sort()
      .join()
  return digests(a) === digests(b)
}
