import type { ErrorObject } from 'ajv/dist/2020.js'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Findings } from './findings.ts'
import { entryAt, type Node, nodeAt, type Path, type Span, spanAt } from './node.ts'
import { branchesOf, jsonType, type Schema, takesType } from './settings-schema.ts'
import { foundWords, helpFor, rangeOf, valueWords, wordsFor } from './words.ts'

/** What was validated, and what its parts are called. */
export interface Subject {
  readonly root: Node | undefined
  /** Where to point for what has no place of its own. */
  readonly fallback: Span
  /** A value, in messages: `augment.copies`. */
  nameOf(path: Path): string
  /** A map, in messages about its keys: `extract.with`. */
  mapNameOf(path: Path): string
  /** In the spec's own terms: `stages.train.with.lr`. */
  readonly specPath: Path
}

/** Turns what the validator found into our diagnostics, one for each node, at the node. */
export function explainErrors(errors: readonly ErrorObject[], subject: Subject, findings: Findings): void {
  const sound = errors.filter((error) => !insideBroken(pathOf(error), subject.root))
  explain(sound, subject, findings)
}

const pathOf = (error: ErrorObject): Path => {
  if (error.instancePath === '') return []
  const steps = error.instancePath.slice(1).split('/')
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function insideBroken(path: Path, root: Node | undefined): boolean {
  return Array.from({ length: path.length + 1 }, (_, n) => nodeAt(root, path.slice(0, n))).some(
    (node) => node?.type === 'broken',
  )
}

function explain(errors: readonly ErrorObject[], subject: Subject, findings: Findings): void {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
  const outer = unions.filter((union) => !unions.some((other) => other !== union && isBelow(union, other)))
  for (const error of errors) {
    if (outer.includes(error)) explainUnion(error, errors, subject, findings)
    else if (!outer.some((union) => isBelow(error, union))) explainOne(error, subject, findings)
  }
}

const isBelow = (error: ErrorObject, union: ErrorObject): boolean => error.schemaPath.startsWith(`${union.schemaPath}/`)

/** Blames the branch that the value was meant for: one of its type, with the fewest faults; else names all branches. */
function explainUnion(union: ErrorObject, all: readonly ErrorObject[], subject: Subject, findings: Findings): void {
  const schema = union.parentSchema as Schema
  const mark = namesNoBranch(union, all)
  if (mark !== undefined) {
    const choices = branchesOf(schema).map((branch) => branch.properties?.[mark.key] ?? {})
    tellValue(mark.error, { anyOf: choices }, subject, findings)
    return
  }
  const meant = branchesOf(schema)
    .map((branch, i) => ({
      branch,
      errors: all.filter((error) => error.schemaPath.startsWith(`${union.schemaPath}/${i}/`)),
    }))
    .filter(({ branch }) => branch.const === undefined && takesType(branch, union.data))
    .sort((a, b) => a.errors.length - b.errors.length)
    .at(0)
  if (meant !== undefined && meant.errors.length > 0) explain(meant.errors, subject, findings)
  else tellValue(union, schema, subject, findings)
}

/** The constant by which maps of a union are told apart (`name: adam`), where the value has one that no branch has. */
function namesNoBranch(
  union: ErrorObject,
  all: readonly ErrorObject[],
): { key: string; error: ErrorObject } | undefined {
  const count = branchesOf(union.parentSchema as Schema).length
  for (const error of all) {
    const key = error.instancePath.slice(union.instancePath.length + 1)
    if (error.keyword !== 'const' || !isBelow(error, union) || key === '' || key.includes('/')) continue
    const same = all.filter((other) => other.keyword === 'const' && other.instancePath === error.instancePath)
    if (same.filter((other) => isBelow(other, union)).length === count) return { key, error }
  }
  return undefined
}

function explainOne(error: ErrorObject, subject: Subject, findings: Findings): void {
  const path = pathOf(error)
  const schema = error.parentSchema as Schema
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'required':
      tellMissing(String(params.missingProperty), path, schema, subject, findings)
      break
    case 'additionalProperties':
      tellUnknown(String(params.additionalProperty), path, schema, subject, findings)
      break
    case 'propertyNames':
      tellName(String(params.propertyName), path, error.schema as Schema, subject, findings)
      break
    case 'type':
    case 'enum':
    case 'const':
      tellValue(error, schema, subject, findings)
      break
    default:
      // Faults of a name come with one of `propertyNames`, which tells them.
      if (error.propertyName === undefined) tellLimit(error, schema, subject, findings)
  }
}

function tellMissing(key: string, path: Path, schema: Schema, subject: Subject, findings: Findings): void {
  const inner = schema.properties?.[key]
  findings.error('E103', `${subject.mapNameOf(path)} has no ${key}`, {
    at: entryAt(subject.root, path)?.key ?? subject.fallback,
    path: [...subject.specPath, ...path].join('.'),
    help: inner === undefined ? `add ${key}` : `add ${key}: ${valueWords(inner)}`,
  })
}

function tellUnknown(key: string, path: Path, schema: Schema, subject: Subject, findings: Findings): void {
  const known = Object.keys(schema.properties ?? {}).sort()
  const near = nearestNames(key, known)
  const list = known.length === 0 ? 'it takes no settings; remove this one' : `Known keys: ${known.join(', ')}`
  findings.error('E104', `unknown key ${sanitize(key)} in ${subject.mapNameOf(path)}`, {
    at: entryAt(subject.root, [...path, key])?.key ?? subject.fallback,
    path: [...subject.specPath, ...path, key].join('.'),
    help: near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list,
  })
}

function tellName(name: string, path: Path, schema: Schema, subject: Subject, findings: Findings): void {
  findings.error('E106', `"${sanitize(name)}" in ${subject.mapNameOf(path)} is not ${wordsFor(schema)}`, {
    at: entryAt(subject.root, [...path, name])?.key ?? subject.fallback,
    path: [...subject.specPath, ...path, name].join('.'),
    help: schema.description ?? helpFor(schema),
  })
}

function tellValue(error: ErrorObject, schema: Schema, subject: Subject, findings: Findings): void {
  const ofType = jsonType(error.data) !== 'object' && branchesOf(schema).some((branch) => takesType(branch, error.data))
  tell(ofType ? 'E106' : 'E105', `must be ${wordsFor(schema)}`, error, schema, subject, findings)
}

function tellLimit(error: ErrorObject, schema: Schema, subject: Subject, findings: Findings): void {
  const { limit, comparison } = error.params as { limit?: number; comparison?: string }
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
  const rules: Readonly<Partial<Record<string, () => string>>> = {
    minItems: () => `must have at least ${count(limit!, 'item')}`,
    maxItems: () => `must have at most ${count(limit!, 'item')}`,
    minProperties: () => `must have at least ${count(limit!, 'key')}`,
    maxProperties: () => `must have at most ${count(limit!, 'key')}`,
    minLength: () => (limit === 1 ? 'must not be empty' : `must have at least ${count(limit!, 'character')}`),
    maxLength: () => `must have at most ${count(limit!, 'character')}`,
    uniqueItems: () => 'must name each item once',
    pattern: () =>
      `must be ${wordsFor(schema)}${schema['x-words'] === undefined ? ` like ${String(error.schema)}` : ''}`,
    multipleOf: () => `must be a multiple of ${String(error.schema)}`,
  }
  const range = comparison === undefined ? '' : rangeOf(schema).replace(/^ (of )?/, '')
  const must =
    range === '' ? (error.message ?? error.keyword) : range.startsWith('from') ? `lie ${range}` : `be ${range}`
  const otherwise = range === '' ? must : `must ${must}`
  tell('E106', rules[error.keyword]?.() ?? otherwise, error, schema, subject, findings)
}

function tell(
  code: string,
  must: string,
  error: ErrorObject,
  schema: Schema,
  subject: Subject,
  findings: Findings,
): void {
  const path = pathOf(error)
  const node = nodeAt(subject.root, path)
  const at = spanAt(subject.root, path) ?? subject.fallback
  const spelt = node?.type === 'scalar' ? node.text : undefined
  findings.error(code, `${subject.nameOf(path)} ${must}, found ${foundWords(error.data, spelt)}`, {
    at,
    path: [...subject.specPath, ...path].join('.'),
    ...(node?.origin && { related: [{ message: 'the value comes from here', at: node.origin }] }),
    help: schema.description !== undefined && schema['x-words'] !== undefined ? schema.description : helpFor(schema),
  })
}
