import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { OWN_KEYWORDS, type Schema } from './settings-schema.ts'

let ajv: Ajv2020 | undefined

/**
 * A validator that finds every fault, with what it found; refuses schemas with keywords that nobody knows. That they are
 * sound schemas is left to a test: the schema of schemas takes longer to compile than all of ours.
 */
export function compileSchema(schema: Schema): ValidateFunction {
  if (ajv === undefined) {
    ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true, verbose: true, validateSchema: false })
    ajv.addVocabulary([...OWN_KEYWORDS])
  }
  return ajv.compile(schema)
}
