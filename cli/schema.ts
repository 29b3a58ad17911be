import { kindSchema, specSchema } from '../runner/spec/json-schema.ts'
import { STAGE_KINDS } from '../stages/registry.ts'
import { EXIT_OK } from './exit-codes.ts'
import { findKinds } from './find-kinds.ts'
import type { Invocation } from './invocation.ts'

/** `pipeline schema [KIND]`: JSON Schema of a spec, or of one kind's `with`. */
export function run({ arguments: words, io }: Invocation): Promise<number> {
  const name = words.at(0)
  const schema = name === undefined ? specSchema(STAGE_KINDS) : kindSchema(findKinds(name, STAGE_KINDS)[0])
  io.stdout.write(`${JSON.stringify(schema)}\n`)
  return Promise.resolve(EXIT_OK)
}
