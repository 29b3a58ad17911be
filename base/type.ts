import type TypeBox from 'typebox'

const OPTIONAL = Symbol('optional')

type Keywords = Readonly<Record<string, unknown>>

/** A member that may be left out of its `Object`. */
const optional = (schema: Keywords): Keywords => Object.defineProperty({ ...schema }, OPTIONAL, { value: true })

function object(properties: Readonly<Record<string, Keywords>>, options: Keywords = {}): Keywords {
  const required = Object.keys(properties).filter((name) => !(OPTIONAL in properties[name]))
  return { type: 'object', ...(required.length > 0 && { required }), properties, ...options }
}

const BUILDERS = {
  Array: (items: Keywords, options?: Keywords) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Keywords) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly unknown[], options?: Keywords) => ({ enum: values, ...options }),
  Integer: (options?: Keywords) => ({ type: 'integer', ...options }),
  Literal: (value: unknown, options?: Keywords) => ({ type: typeof value, const: value, ...options }),
  Null: (options?: Keywords) => ({ type: 'null', ...options }),
  Number: (options?: Keywords) => ({ type: 'number', ...options }),
  Object: object,
  Optional: optional,
  Record: (_: Keywords, values: Keywords, options?: Keywords) => ({
    type: 'object',
    patternProperties: { '^.*$': values },
    ...options,
  }),
  String: (options?: Keywords) => ({ type: 'string', ...options }),
  Union: (branches: readonly Keywords[], options?: Keywords) => ({ anyOf: branches, ...options }),
  Unsafe: (schema: Keywords) => ({ ...schema }),
}

/**
 * The builders of typebox that we use, with its types and its output, for schemas as plain JSON. Loading typebox itself
 * takes 370 files and half of the time that a run with nothing to do may take.
 */
const Type = BUILDERS as unknown as Pick<typeof TypeBox, keyof typeof BUILDERS>

export default Type
