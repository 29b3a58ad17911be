import type { TSchema } from 'typebox'
import Type from '../../base/type.ts'
import { parseBytes, parseDuration } from '../../base/quantity.ts'
import { memberOf, type Node, plainOf } from './node.ts'

/** How a stage is run, whatever it computes: never part of a key. */
export interface StageControl {
  /** New attempts after a failed one, 0 to 10. */
  readonly retries: number
  /** Longest one attempt may take. */
  readonly timeoutMs?: number
  /** What an attempt holds while it runs: `mem` in bytes, whole devices of `gpu`, shares of any other name. */
  readonly resources: Readonly<Record<string, number>>
}

/** Timers of Node hold no more: 24 days. */
const LONGEST_MS = 2 ** 31 - 1

const size = Type.String({
  pattern: '^(?=.*[1-9])[0-9]{1,9}(\\.[0-9]{1,3})?[kMGT]B?$',
  'x-words': 'a size',
  description: 'write a number with k, M, G or T, such as 4G',
})

/** Keys of a stage that say how it is run, for the envelope. */
export const CONTROL_SCHEMA = {
  retries: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10, default: 0, description: 'new attempts after a failed one' }),
  ),
  timeout: Type.Optional(
    Type.String({
      pattern: '^(?=.*[1-9])[0-9]{1,9}(\\.[0-9]{1,3})?[smh]$',
      'x-words': 'a time',
      description: 'write a number with s, m or h, such as 10m',
    }),
  ),
  resources: Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      properties: { gpu: Type.Integer({ minimum: 0, maximum: 64 }), mem: size },
      propertyNames: {
        pattern: '^[a-z][a-z0-9_-]*$',
        'x-words': 'the name of a resource',
        description: 'use lower-case letters, digits, - and _, such as gpu, mem or io',
      },
      additionalProperties: Type.Number({ minimum: 0 }),
      description: 'what it holds while it runs, such as { gpu: 1, mem: 4G }',
    }),
  ),
} satisfies Record<string, TSchema>

export const CONTROL_KEYS = Object.keys(CONTROL_SCHEMA)

/** What a stage without these keys has. */
export const NO_CONTROL: StageControl = { retries: 0, resources: {} }

/** Reads them from a stage; what the envelope would refuse is left out. */
export function controlOf(stage: Node): StageControl {
  const [retries, timeout, resources] = CONTROL_KEYS.map((key) => {
    const node = memberOf(stage, key)
    return node && plainOf(node)
  })
  const timeoutMs = typeof timeout === 'string' ? parseDuration(timeout) : undefined
  const needed = Object.entries(typeof resources === 'object' && resources !== null ? resources : {}).flatMap(
    ([name, value]: [string, unknown]) => {
      const amount = typeof value === 'string' ? parseBytes(value) : value
      return typeof amount === 'number' ? [[name, amount] as const] : []
    },
  )
  return {
    retries: typeof retries === 'number' ? retries : 0,
    ...(timeoutMs !== undefined && { timeoutMs: Math.min(timeoutMs, LONGEST_MS) }),
    resources: Object.fromEntries(needed),
  }
}
