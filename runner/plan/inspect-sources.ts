import type { ImageFacts, Item, Picture, Source } from '../../artifacts/items.ts'
import { sourceDigest } from '../../artifacts/items.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import { shownPath } from '../../base/shown-path.ts'
import type { Inspection } from '../host/protocol.ts'
import type { IndexWriter } from '../index-writer.ts'
import type { KnownFacts } from '../known-facts.ts'
import type { SpecStage } from '../spec/spec.ts'
import { placed, type Table } from './tables.ts'

/** Raised when decoding or what is told of it change. */
const TOPIC = 'inspection@3'

export interface Uninspected {
  readonly digest: Digest
  readonly source: Source
  readonly role: 'image' | 'mask'
}

const topicOf = (role: 'image' | 'mask'): string => `${TOPIC}\0${role}`

/** Sources of a table that were never decoded, each once. */
export function uninspected(table: Table, known: KnownFacts): Uninspected[] {
  const wanted = new Map<string, Uninspected>()
  for (const { image, mask } of table.items) {
    for (const [picture, role] of [
      [image, 'image'],
      [mask, 'mask'],
    ] as const) {
      if (picture === undefined) continue
      const digest = sourceDigest(picture.source)
      if (known.get(topicOf(role), digest) === undefined)
        wanted.set(`${role} ${digest}`, { digest, source: picture.source, role })
    }
  }
  return [...wanted.values()]
}

export function rememberInspection(
  known: KnownFacts,
  { digest, role }: Pick<Uninspected, 'digest' | 'role'>,
  inspection: Inspection,
  writer: IndexWriter,
): void {
  known.add(topicOf(role), digest, inspection, writer)
}

/** Fills the columns that decoding tells and reports what is damaged; a damaged image leaves the table under `on_bad: skip`. */
export function applyInspections(
  table: Table,
  known: KnownFacts,
  stage: SpecStage,
  root: string,
): { table: Table; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const told = new Set<string>()
  const pixels = new Map<Digest, Digest>()
  const look = (
    picture: Picture | undefined,
    role: 'image' | 'mask',
    id: string,
  ): { bad: boolean; facts?: ImageFacts } => {
    const digest = picture && sourceDigest(picture.source)
    const inspection = digest && (known.get(topicOf(role), digest) as Inspection | undefined)
    if (inspection === undefined) return { bad: false }
    const path = table.files.get(digest!)
    const file = path === undefined ? id : shownPath(path, root)
    if ('diagnostic' in inspection) {
      if (!told.has(file)) diagnostics.push(damaged(inspection.diagnostic, file, table.onBad, stage))
      told.add(file)
      return { bad: true }
    }
    if (inspection.pixels !== undefined) pixels.set(digest!, inspection.pixels)
    const { warning = role === 'mask' ? largeMask(picture!, inspection.facts, stage) : undefined, ...facts } =
      inspection.facts
    if (warning !== undefined && !told.has(file)) {
      diagnostics.push(
        placed({ code: 'W224', severity: 'warning', message: warning, at: { file }, setting: 'masks' }, stage),
      )
      told.add(file)
    }
    return { bad: false, facts }
  }
  const items: Item[] = []
  for (const item of table.items) {
    const image = look(item.image, 'image', item.id)
    const mask = look(item.mask, 'mask', item.id)
    if (!(image.bad || mask.bad)) items.push(image.facts === undefined ? item : { ...item, facts: image.facts })
  }
  return { table: { ...table, items, pixels }, diagnostics }
}

/** The doubt that a mask is drawn the other way round than the settings say. */
function largeMask({ operations }: Picture, { greyMean }: ImageFacts, { name }: SpecStage): string | undefined {
  const inverted = operations.some(({ op }) => op === 'invert')
  const marked = inverted ? 255 - greyMean : greyMean
  if (marked <= 255 / 2) return undefined
  const remedy = `${inverted ? 'take away' : 'set'} ${name}.masks.invert`
  return `marks more than half of the image as defect: ${remedy} if it is drawn the other way round`
}

function damaged(diagnostic: Diagnostic, file: string, onBad: 'fail' | 'skip', stage: SpecStage): Diagnostic {
  const found = { ...diagnostic, at: { file } }
  if (onBad === 'skip')
    return placed(
      { ...found, severity: 'warning', help: ['the image is left out, as on_bad: skip asks'], setting: 'on_bad' },
      stage,
    )
  return placed(
    {
      ...found,
      help: [`replace the file, or set ${stage.name}.on_bad: skip (the report lists skipped images)`],
      setting: 'dir',
    },
    stage,
  )
}
