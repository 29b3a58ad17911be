import { sanitize } from '../../base/sanitize.ts'
import { branchesOf, jsonType, type Schema } from './settings-schema.ts'

/** `a, b or c`. */
export const orList = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`

/** What a schema takes, as a message says it: `a whole number`, `auto or a whole number`. */
export function wordsFor(schema: Schema): string {
  if (schema['x-words'] !== undefined) return schema['x-words']
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) {
    return orList([...new Set(branchesOf(schema).map(wordsFor))])
  }
  if (schema.const !== undefined) return showValue(schema.const)
  if (schema.enum !== undefined) return orList(schema.enum.map(showValue))
  switch ([schema.type].flat()[0]) {
    case 'integer':
      return 'a whole number'
    case 'number':
      return 'a number'
    case 'string':
      return schema['x-path'] === true ? 'a path' : 'text'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    case 'object':
      return 'a map'
    case 'null':
      return 'null'
    default:
      return 'a value'
  }
}

/** What to write, with the range, the unit and an example: `a number from 0 to 64, such as 3`. */
export function valueWords(schema: Schema): string {
  const branches = branchesOf(schema)
  if (branches.length > 1)
    return `${orList([...new Set(branches.map((branch) => valueHelp(branch)))])}${example(schema)}`
  return `${valueHelp(schema)}${example(schema)}`
}

export const helpFor = (schema: Schema): string => `write ${valueWords(schema)}`

function valueHelp(schema: Schema): string {
  const type = [schema.type].flat()[0]
  if (schema.const !== undefined || schema.enum !== undefined || schema['x-words'] !== undefined)
    return wordsFor(schema)
  if (type === 'integer' || type === 'number') return `a number${rangeOf(schema)}`
  if (type === 'object') return `a map with ${keysOf(schema)}`
  return wordsFor(schema)
}

/** ` from 0 to 64 px`, ` above 0 and at most 1`, or nothing. */
export function rangeOf(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  // A unit of several words (`captures a part`) explains the setting, but not the number.
  const unit = /^\S+$/.test(schema['x-unit'] ?? '') ? ` ${schema['x-unit']!}` : ''
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}${unit}`
  const low =
    minimum !== undefined ? `at least ${minimum}` : exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : ''
  const high =
    maximum !== undefined ? `at most ${maximum}` : exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : ''
  const limits = [low, high].filter((limit) => limit !== '').join(' and ')
  return limits === ''
    ? unit === ''
      ? ''
      : ` of${unit}`
    : ` ${limits.startsWith('at ') ? `of ${limits}` : limits}${unit}`
}

function keysOf(schema: Schema): string {
  const names = Object.keys(schema.properties ?? {})
  return names.length === 0 ? 'names of your own' : orList(names)
}

function example(schema: Schema): string {
  const named = branchesOf(schema).some((branch) => branch.const === schema.default || branch.enum !== undefined)
  if (schema.default !== undefined && named) return ''
  const value = schema.default ?? schema.minimum
  return typeof value === 'string' || typeof value === 'number' ? `, such as ${value}` : ''
}

const showValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** A value as a message quotes it: texts in double quotes and cut, numbers as the spec spells them. */
export function foundWords(value: unknown, spelt?: string): string {
  switch (jsonType(value)) {
    case 'string': {
      const text = sanitize(value as string)
      return `"${text.length > 60 ? `${text.slice(0, 59)}…` : text}"`
    }
    case 'null':
      return 'nothing'
    case 'array':
      return (value as readonly unknown[]).length === 0 ? 'an empty list' : 'a list'
    case 'object':
      return Object.keys(value as object).length === 0 ? 'an empty map' : 'a map'
    default:
      return spelt ?? String(value)
  }
}
