import { userInfo } from 'node:os'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import { formatCount } from '../../base/format.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { LineageRecord, StoredObject } from '../../cache/records.ts'
import type { Reason, Waiver } from '../events.ts'
import type { KeyManifest } from '../key.ts'
import type { SpecStage } from '../spec/spec.ts'
import { pixelsOf, unpackImages } from './images-behind.ts'
import { ItemTable } from './item-table.ts'
import { byContent, type Outcome } from './outcome.ts'
import type { Prepared } from './prepare.ts'
import type { Table } from './tables.ts'
import { isLearnt } from './test-lineage.ts'

/** The newest stored output of a stage in place of today's, with the waiver that says so; E021 where there is none. */
export function acceptStored(
  stage: SpecStage,
  reasons: readonly Reason[],
  prepared: Prepared,
): { outcome: Outcome; waiver: Waiver } | Diagnostic {
  const last = prepared.lineage.last(stage.address)
  const name = sanitize(stage.address)
  if (last === undefined)
    return refusal(stage, `no output of ${name} is stored to be accepted`, `run it once: --until ${name}`)
  if ((last.manifest as KeyManifest).kind !== stage.kind.kind) {
    const before = (last.manifest as KeyManifest).kind
    return refusal(stage, `the stored output of ${name} was made by ${before}`, `leave --accept ${name} out`)
  }
  const outcome = stage.kind.shape === 'each' ? storedItems(stage, last, prepared) : storedWhole(stage, last, prepared)
  if ('code' in outcome) return outcome
  const { address, name: own, variant } = stage
  const when = new Date().toISOString()
  return { outcome, waiver: { address, stage: own, variant, reasons, run: last.run, who: userInfo().username, when } }
}

function storedWhole(stage: SpecStage, last: LineageRecord, prepared: Prepared): Outcome | Diagnostic {
  const action = prepared.cache.action(last.key)
  if (action === undefined) return evicted(stage)
  const tests = testImagesBehind(stage, prepared)
  if (isLearnt(stage.kind) && tests === undefined) return evicted(stage)
  const testImage = tests?.at(0)
  if (isLearnt(stage.kind) && testImage !== undefined) {
    const message = `the stored output of ${stage.address} was learnt from ${sanitize(testImage)}, a test image today`
    return { ...refusal(stage, message, 'leave --accept out: a test image must never be trained on'), code: 'E214' }
  }
  const { outputs: whole, cost, run, warnings } = action
  const rests = testImage === undefined ? {} : { testImage }
  return {
    ...common(stage, last),
    table: NO_TABLE,
    whole,
    values: new Map(),
    costMs: cost.wallMs,
    run,
    warnings,
    ...rests,
  }
}

/** Values of today's images as they were stored last; each image must have one. */
function storedItems(stage: SpecStage, last: LineageRecord, prepared: Prepared): Outcome | Diagnostic {
  const { cache } = prepared
  const stored = cache.index.itemTables.get(prepared.lineage.name(stage.address))
  if (stored === undefined) return evicted(stage)
  const made = new ItemTable(stored, cache.objects.segments)
  const keys = new Map(Array.from({ length: made.length }, (_, row) => [made.image(row), made.key(row)]))
  const header = cache.index.headers.get(made.base)
  if (header === undefined) return evicted(stage)
  const testImage = testImagesBehind(stage, prepared)?.at(0)
  if (testImage !== undefined && readsLearnt(stage, prepared)) {
    const image = sanitize(testImage)
    const message = `the stored output of ${stage.address} rests on what was learnt from ${image}, a test image today`
    return { ...refusal(stage, message, 'leave --accept out: a test image must never be trained on'), code: 'E214' }
  }
  const table = itemsOf(stage, prepared)
  const values = new Map<Digest, StoredObject>()
  const missing: string[] = []
  for (const { image, id } of byContent(madeBy(stage, table))) {
    const key = keys.get(image.digest)
    const record = key === undefined ? undefined : cache.item(key)
    if (record === undefined) missing.push(id)
    else values.set(image.digest, { digest: record.digest, bytes: record.bytes })
  }
  if (missing.length > 0) {
    const all = formatCount(values.size + missing.length)
    const shown = sanitize(missing.slice(0, 3).join(', '))
    return refusal(
      stage,
      `no output of ${stage.address} is stored for ${formatCount(missing.length)} of ${all} images: ${shown}`,
      `leave --accept ${stage.address} out: what is stored of the others is used where it fits`,
    )
  }
  const rests = testImage === undefined ? {} : { testImage }
  return { ...common(stage, last), table, header, whole: {}, values, costMs: 0, run: last.run, ...rests }
}

/** Whether a stage reads a model, or what else is learnt, from the stage that makes it. */
const readsLearnt = ({ bindings }: SpecStage, { stages }: Prepared): boolean => {
  const needs = new Set(Object.values(bindings))
  return stages.some(({ address, kind }) => needs.has(address) && isLearnt(kind))
}

/** Test images of today that a stored output rests on; undefined where it rests on none, or where that is not known. */
function testImagesBehind({ address }: SpecStage, { cache, lineage, tables }: Prepared): readonly string[] | undefined {
  const packed = cache.index.imagesBehind.get(lineage.name(address))
  if (packed === undefined) return undefined
  const tests = new Map(
    [...tables.values()].flatMap((table) => [
      ...pixelsOf(
        table.items.filter(({ split }) => split === 'test'),
        table,
      ),
    ]),
  )
  return unpackImages(packed).flatMap((image) => tests.get(image) ?? [])
}

const common = (stage: SpecStage, { key, manifest }: LineageRecord) => ({
  stage,
  key: key as Digest,
  manifest: manifest as KeyManifest,
})

const NO_TABLE: Table = { items: [], files: new Map(), onBad: 'fail' }

/** The items that reach a per-item stage: those of the nearest list stage before it. */
function itemsOf(stage: SpecStage, prepared: Prepared): Table {
  const table = prepared.tables.get(stage.address)
  if (table !== undefined) return table
  const { kind, bindings } = stage
  if (kind.shape !== 'each') return NO_TABLE
  const before = prepared.stages.find(({ address }) => address === bindings[kind.over])
  return before === undefined ? NO_TABLE : itemsOf(before, prepared)
}

/** Those of a table that a per-item stage makes values of. */
function madeBy({ kind }: SpecStage, { items }: Table): Table['items'] {
  const splits = kind.shape === 'each' ? kind.ports[kind.over].splits : undefined
  return splits === undefined ? items : items.filter(({ split }) => splits.includes(split))
}

const evicted = (stage: SpecStage): Diagnostic =>
  refusal(stage, `the stored output of ${stage.address} is no longer in the cache`, 'leave --accept out')

const refusal = (stage: SpecStage, message: string, help: string): Diagnostic => ({
  code: 'E021',
  severity: 'error',
  message,
  at: stage.placeOf(),
  help: [help],
})

/** Whether a stage may be accepted at all: E021 for list stages, which store nothing, and for verdicts, which are never waived. */
export function refusesAcceptance(stage: SpecStage): Diagnostic | undefined {
  const { name, kind } = stage
  if (stage.implicit)
    return refusal(stage, `${name} cannot be accepted: it follows what it shows`, 'accept a stage that it rests on')
  if (kind.gives.includes('verdict'))
    return refusal(stage, `${name} cannot be accepted: a verdict is never waived`, 'accept a stage that it rests on')
  if (kind.shape === 'source' || kind.shape === 'list')
    return refusal(
      stage,
      `${name} cannot be accepted: it is evaluated with every plan`,
      'accept a stage that computes, such as the one after it',
    )
  return undefined
}
