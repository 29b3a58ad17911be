import { itemsOf, type Outcome } from './outcome.ts'

/** Bytes of a digest. */
const WIDTH = 32

/** What a per-item stage made: its key without the items, then of each image its digest and the key of its value. */
export function packItemKeys(
  { stage: { kind }, table }: Outcome,
  { base, keys }: NonNullable<Outcome['itemKeys']>,
): Uint8Array {
  const splits = kind.shape === 'each' ? kind.ports[kind.over].splits : undefined
  const rows = itemsOf(table, splits)
  return Buffer.from([base, ...rows.flatMap(({ image }, i) => [image.digest, keys[i]])].join(''), 'hex')
}

/** The same, read back. */
export function unpackItemKeys(packed: Uint8Array): { base: string; keys: ReadonlyMap<string, string> } {
  const text = Buffer.from(packed).toString('hex')
  const digest = (i: number): string => text.slice(2 * WIDTH * i, 2 * WIDTH * (i + 1))
  const count = (packed.length / WIDTH - 1) / 2
  return {
    base: digest(0),
    keys: new Map(Array.from({ length: count }, (_, i) => [digest(2 * i + 1), digest(2 * i + 2)])),
  }
}
