import type { Digest } from '../../base/digest.ts'
import type { Segments } from '../../cache/segments.ts'
import type { ItemRecord, ItemTableRecord } from '../../cache/records.ts'
import type { Outcome } from './outcome.ts'

/** Hex digits of a digest. */
const HEX = 64

/** What an `each` stage made in its spec's last successful run, all items together. */
export class ItemTable {
  readonly #record: ItemTableRecord
  readonly #digests: string
  readonly #numbers: Float64Array
  #rows: ReadonlyMap<string, number> | undefined
  readonly #state: string

  constructor(record: ItemTableRecord, segments: Segments) {
    this.#record = record
    this.#digests = Buffer.from(record.digests).toString('hex')
    this.#numbers = new Float64Array(new Uint8Array(record.numbers).buffer)
    this.#state = segments.state()
  }

  /** Key of the stage without its items. */
  get base(): string {
    return this.#record.base
  }

  /** Whether the keys are those of a list of readings, one after the other. */
  isOf(base: Digest, list: Digest): boolean {
    return this.#record.base === base && this.#record.list === list
  }

  /** Nothing was written or removed where values lie since all of these were there. */
  get isUntouched(): boolean {
    return this.#state === this.#record.state
  }

  get length(): number {
    return this.#numbers.length / 4
  }

  image(row: number): Digest {
    return this.#digest(3 * row)
  }

  key(row: number): Digest {
    return this.#digest(3 * row + 1)
  }

  rowOf(key: Digest): number | undefined {
    this.#rows ??= new Map(Array.from({ length: this.length }, (_, row) => [this.key(row), row]))
    return this.#rows.get(key)
  }

  record(row: number): ItemRecord {
    const [bytes, wallMs, madeMs, run] = this.#numbers.subarray(4 * row, 4 * row + 4)
    return { digest: this.#digest(3 * row + 2), bytes, wallMs, madeMs, run: this.#record.runs[run] }
  }

  #digest(i: number): Digest {
    return this.#digests.slice(HEX * i, HEX * (i + 1)) as Digest
  }
}

/** The items of a finished stage as they are kept together; nothing where one is missing. */
export function packItems(
  { base, list, rows }: NonNullable<Outcome['made']>,
  segments: Segments,
): ItemTableRecord | undefined {
  const runs = new Map<string, number>()
  const digests: string[] = []
  const numbers: number[] = []
  for (const { item, key, record } of rows) {
    if (record === undefined) return undefined
    const { digest, bytes, wallMs, madeMs = 0, run } = record
    if (!runs.has(run)) runs.set(run, runs.size)
    digests.push(item.image.digest, key, digest)
    numbers.push(bytes, wallMs, madeMs, runs.get(run)!)
  }
  return {
    base,
    list,
    state: segments.state(),
    runs: [...runs.keys()],
    digests: Buffer.from(digests.join(''), 'hex'),
    numbers: new Uint8Array(Float64Array.from(numbers).buffer),
  }
}
