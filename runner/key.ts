import type { Column, Item } from '../artifacts/items.ts'
import { type Digest, digestValue } from '../base/digest.ts'
import type { Port, StageKind } from '../stages/stage.ts'

/** Raised when the meaning of keys changes; every older entry is then a miss. */
const KEY_VERSION = 1

/** The readable pre-image of a key: everything that can change a result and nothing that cannot. `why` is a diff of two. */
export interface KeyManifest {
  readonly keyVersion: number
  readonly kind: string
  readonly version: number
  /** Resolved settings without those that cannot change a result. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed?: number
  readonly engine?: string
  /** Digests of the variables that it takes from the environment; null for one that is not set. */
  readonly environment?: Readonly<Record<string, Digest | null>>
  /** Of kinds that see pixels. */
  readonly decoder?: string
  readonly weights?: Digest
  readonly inputs: Readonly<Record<string, ManifestInput>>
}

/** An input by content: a digest, and for per-item inputs how many items stand behind it. */
export interface ManifestInput {
  readonly digest: Digest
  readonly items?: number
}

export interface KeyParts {
  readonly kind: StageKind
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed: number
  readonly engine: string
  readonly decoder: string
  readonly weights?: Digest | undefined
  /** An open port is bound to something with pixels; those of other ports are known from the kind. */
  readonly pixels?: boolean
  readonly environment?: KeyManifest['environment'] | undefined
  readonly inputs: Readonly<Record<string, ManifestInput>>
}

export function keyManifest({
  kind,
  settings,
  seed,
  engine,
  decoder,
  weights,
  environment,
  pixels = false,
  inputs,
}: KeyParts): KeyManifest {
  return {
    keyVersion: KEY_VERSION,
    kind: kind.kind,
    version: kind.version,
    settings: semanticSettings(kind, settings),
    ...(draws(kind, settings) && { seed }),
    ...(environment !== undefined && { environment }),
    ...(kind.computes === true && { engine }),
    ...((pixels || Object.values(kind.ports).some((port) => !isOpen(port) && seesPixels(port))) && {
      decoder,
    }),
    ...(weights !== undefined && { weights }),
    inputs,
  }
}

/** Only what is bound to it tells what it reads. */
export const isOpen = ({ many, accepts }: Port): boolean => many !== undefined || accepts.length > 1

export const seesPixels = ({ accepts, columns = [] }: Port): boolean =>
  accepts.includes('images') || columns.includes('image') || columns.includes('mask') || columns.includes('facts')

/** Name, among the inputs of a manifest, of the files that a stage reads from the project by itself. */
export const PROJECT_FILES = 'project files'

const draws = ({ draws }: StageKind, settings: Readonly<Record<string, unknown>>): boolean =>
  typeof draws === 'function' ? draws(settings) : draws === true

export const keyOf = (manifest: KeyManifest): Digest => digestValue('stage', manifest)

/** Key of one item of an `each` stage: the stage without its item lists, and what it reads of this item. */
export const itemKeyOf = (base: Digest, reading: Digest): Digest => digestValue('item', [base, reading])

/** Settings that can change a result: all but those marked `x-inert`, and paths, whose content stands in the inputs. */
export function semanticSettings(
  kind: StageKind,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const properties = kind.settings.properties as Readonly<Partial<Record<string, Readonly<Record<string, unknown>>>>>
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([name]) => properties[name]?.['x-inert'] !== true && properties[name]?.['x-path'] !== true,
    ),
  )
}

/** What a port reads of an item: its pixels, its value from the stage before, and the declared columns. */
export function itemReading(port: Port, item: Item, value: Digest | undefined): unknown[] {
  return [
    item.image.digest,
    item.copy,
    value ?? null,
    ...(port.columns ?? []).map((column) => columnValue(item, column)),
  ]
}

export function columnValue(item: Item, column: Column): unknown {
  switch (column) {
    case 'image':
      return item.image.digest
    case 'mask':
      return item.mask?.digest ?? null
    case 'facts':
      return item.facts ?? null
    default:
      return item[column] ?? null
  }
}
