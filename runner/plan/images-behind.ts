import { sourceDigest } from '../../artifacts/items.ts'
import { portOf } from '../../stages/stage.ts'
import type { Outcome } from './outcome.ts'
import type { Table } from './tables.ts'

/** Bytes of a digest. */
const WIDTH = 32

/** Digest of the pixels of each source that items of a table come from; of its bytes, where it was never decoded. */
export const pixelsOf = (items: Table['items'], { pixels }: Pick<Table, 'pixels'>): ReadonlyMap<string, string> =>
  new Map(
    items.map(({ image, id }) => {
      const digest = sourceDigest(image.source)
      return [pixels?.get(digest) ?? digest, id]
    }),
  )

/** Looks up which images the outputs of stages rest on, by their pixels, beyond the value of each image itself. */
export function imagesBehind(outcomes: ReadonlyMap<string, Outcome>): (address: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>()
  const behind = (address: string): ReadonlySet<string> => {
    const found = known.get(address)
    if (found !== undefined) return found
    const images = new Set<string>()
    known.set(address, images)
    const stage = outcomes.get(address)?.stage
    for (const [name, need] of Object.entries(stage?.bindings ?? {})) {
      const from = outcomes.get(need)
      if (stage === undefined || from === undefined) continue
      for (const image of behind(need)) images.add(image)
      const { splits } = { ...portOf(stage.kind, name), ...stage.kind.reads?.(stage.settings) }
      const isPerItem = from.stage.kind.shape !== 'run'
      if (stage.kind.shape !== 'run' || !isPerItem) continue
      const read = from.table.items.filter(({ split }) => splits?.includes(split) ?? true)
      for (const image of pixelsOf(read, from.table).keys()) images.add(image)
    }
    return images
  }
  return behind
}

export const packImages = (images: ReadonlySet<string>): Uint8Array => Buffer.from([...images].join(''), 'hex')

export function unpackImages(packed: Uint8Array): readonly string[] {
  const text = Buffer.from(packed).toString('hex')
  return Array.from({ length: packed.length / WIDTH }, (_, i) => text.slice(2 * WIDTH * i, 2 * WIDTH * (i + 1)))
}
