import type { IndexDb } from './index-db.ts'

/** The result of one stage as a run used it. */
export interface Use {
  readonly key: string
  readonly kind: string
  /** Name of the spec. */
  readonly spec: string
  /** Of an `each` stage: its key without the items, and the keys of its items. */
  readonly base?: string
  readonly items?: readonly string[]
}

/** A use this soon after the last one is not written down: a second run with nothing to do writes nothing. */
const GRAIN_MS = 10 * 60_000

/** Bytes of an item key that a list of members keeps: 64 bits tell 10 million items apart. */
const MEMBER_BYTES = 8

/** The uses that are not written down yet: none where a run soon after another does the same. */
export const newUses = ({ uses: known, members }: IndexDb, uses: readonly Use[], nowMs: number): Use[] =>
  uses.filter(({ key, spec, items }) => {
    const last = known.get(key)
    const isKnown = last?.specs.includes(spec) === true && Math.abs(nowMs - last.lastMs) <= GRAIN_MS
    return !isKnown || (items !== undefined && !members.doesExist(key))
  })

/** Writes down that results were used. Call inside a transaction. */
export function recordUses(index: IndexDb, uses: readonly Use[], nowMs: number): void {
  for (const { key, kind, spec, base, items } of uses) {
    const known = index.uses.get(key)
    const specs = known?.specs.includes(spec) === true ? known.specs : [...(known?.specs ?? []), spec]
    void index.uses.put(key, { lastMs: nowMs, kind, specs, ...(base !== undefined && { base }) })
    if (items !== undefined && !index.members.doesExist(key)) void index.members.put(key, memberList(items))
  }
}

/** Item keys as one byte array, the first 8 bytes of each. A stage key stands for a fixed list, so it is written once. */
function memberList(items: readonly string[]): Uint8Array {
  const list = Buffer.alloc(items.length * MEMBER_BYTES)
  for (const [i, key] of items.entries()) list.write(key.slice(0, 2 * MEMBER_BYTES), i * MEMBER_BYTES, 'hex')
  return list
}

/** The members of a list, each as the 16 hex digits that its item key begins with. */
export function* membersOf(list: Uint8Array): Generator<string> {
  const text = Buffer.from(list.buffer, list.byteOffset, list.byteLength).toString('hex')
  for (let at = 0; at < text.length; at += 2 * MEMBER_BYTES) yield text.slice(at, at + 2 * MEMBER_BYTES)
}

/** What an item key is called in a list of members. */
export const memberName = (itemKey: string): string => itemKey.slice(0, 2 * MEMBER_BYTES)
