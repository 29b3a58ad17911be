import TypeBox from 'typebox'
import { expect, test } from 'vitest'
import Type from '../../base/type.ts'

const schemas = (T: Pick<typeof TypeBox, keyof typeof Type>): unknown[] => [
  T.Object({}),
  T.Object({ a: T.Optional(T.String({ default: 'x', pattern: '^x' })) }, { additionalProperties: false }),
  T.Object({ a: T.Integer({ minimum: 0, 'x-unit': 'px' }), b: T.Optional(T.Boolean()), c: T.Null() }),
  T.Array(T.Number({ exclusiveMinimum: 0 }), { minItems: 1, description: 'numbers' }),
  T.Union([T.Literal('all'), T.Literal(3), T.Literal(true), T.Null()], { default: 'all' }),
  T.Enum(['a', 'b'], { default: 'a' }),
  T.Record(T.String(), T.Number(), { description: 'figures' }),
  T.Unsafe({ type: 'object', propertyNames: { pattern: '^a' } }),
]

test('schemas are those that typebox makes', () => {
  expect(JSON.stringify(schemas(Type))).toBe(JSON.stringify(schemas(TypeBox)))
})
