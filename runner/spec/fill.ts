import type { Schema } from './settings-schema.ts'
import { branchesOf, takesType } from './settings-schema.ts'
import type { Protocol } from './spec.ts'

/**
 * Settings that the spec leaves open, filled in: under the thesis' protocol by `x-thesis` where a setting has one,
 * else by its default; also inside maps and lists that are given. What has no default stays open.
 */
export function fillSettings(schema: Schema, value: unknown, protocol: Protocol): unknown {
  const given = value === undefined ? defaultOf(schema, protocol) : value
  if (Array.isArray(given)) {
    const items = branchesOf(schema).find((branch) => typeof branch.items === 'object')?.items
    return typeof items === 'object' ? given.map((item) => fillSettings(items, item, protocol)) : given
  }
  if (typeof given !== 'object' || given === null) return given
  const branch = branchFor(schema, given)
  if (branch?.properties === undefined) return given
  const filled = new Map(Object.entries(given))
  for (const [name, inner] of Object.entries(branch.properties)) {
    const member = fillSettings(inner, filled.get(name), protocol)
    if (member !== undefined) filled.set(name, member)
  }
  return Object.fromEntries(filled)
}

function defaultOf(schema: Schema, protocol: Protocol): unknown {
  const value = (protocol === 'thesis' ? schema['x-thesis'] : undefined) ?? schema.default
  return structuredClone(value)
}

/** The branch of a union that a map is meant for: the one whose constants it has, if there is just one. */
function branchFor(schema: Schema, value: object): Schema | undefined {
  const fits = branchesOf(schema).filter(
    (branch) =>
      branch.properties !== undefined &&
      Object.entries(branch.properties).every(
        ([name, inner]) =>
          inner.const === undefined ||
          (Object.hasOwn(value, name) && (value as Record<string, unknown>)[name] === inner.const),
      ) &&
      (branch.required ?? []).every(
        (name) => Object.hasOwn(value, name) || branch.properties?.[name]?.default !== undefined,
      ),
  )
  const maps = branchesOf(schema).filter((branch) => takesType(branch, value) && branch.properties !== undefined)
  return fits.length === 1 ? fits[0] : maps.length === 1 ? maps[0] : undefined
}
