import { createRequire } from 'node:module'
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { conforms } from './conforms.ts'
import { OWN_KEYWORDS, type Schema } from './settings-schema.ts'

let ajv: Ajv2020 | undefined
const validators = new WeakMap<Schema, ValidateFunction>()

/** Every fault of a value, none where it is what the schema asks for. The validator is loaded for the first value that is not. */
export function findFaults(schema: Schema, value: unknown): readonly ErrorObject[] {
  if (conforms(schema, value)) return []
  const validate = validators.get(schema) ?? compileSchema(schema)
  validators.set(schema, validate)
  return validate(value) ? [] : (validate.errors ?? [])
}

/** A validator that finds every fault; refuses schemas with keywords that nobody knows. That they are sound schemas is left to a test. */
export function compileSchema(schema: Schema): ValidateFunction {
  ajv ??= makeAjv()
  return ajv.compile(schema)
}

function makeAjv(): Ajv2020 {
  const library = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js')
  const made = new library.Ajv2020({
    strict: true,
    strictTypes: false,
    allErrors: true,
    verbose: true,
    validateSchema: false,
  })
  made.addVocabulary([...OWN_KEYWORDS])
  return made
}
