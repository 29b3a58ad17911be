import { type Item, sourceDigest } from '../../artifacts/items.ts'
import type { Digest } from '../../base/digest.ts'

/** What an image must not be parted from: its part, else its value of the field `groupBy`; undefined where neither is known. */
export function groupOf(
  item: Item,
  groupBy: string | undefined,
): { readonly type: string; readonly name: string } | undefined {
  if (item.part !== undefined) return { type: 'part', name: withoutLeadingZeros(item.part) }
  if (groupBy !== undefined && Object.hasOwn(item.fields, groupBy)) return { type: groupBy, name: item.fields[groupBy] }
  return undefined
}

/** People write part 7 as `7` and as `07`. */
const withoutLeadingZeros = (name: string): string => (/^[0-9]+$/.test(name) ? name.replace(/^0+(?=.)/, '') : name)

/**
 * Source digest -> name of its group. Groups that share an equal image become one, named by the least of their names;
 * images of unknown group are groups of their own, named by content, so file names play no part.
 */
export function uniteEqualImages(items: readonly Item[], groupBy: string | undefined): Map<Digest, string> {
  const parents = new Map<string, string>()
  const rootOf = (name: string): string => {
    let root = name
    while (parents.has(root)) root = parents.get(root)!
    return root
  }
  const nameOf = new Map<Digest, string>()
  for (const item of items) {
    const digest = sourceDigest(item.image.source)
    const group = groupOf(item, groupBy)
    const name = group === undefined ? `image:${digest}` : `${group.type}:${group.name}`
    const known = nameOf.get(digest)
    if (known === undefined) nameOf.set(digest, name)
    else join(rootOf(known), rootOf(name))
  }
  return new Map([...nameOf].map(([digest, name]) => [digest, rootOf(name)]))

  function join(a: string, b: string): void {
    if (a !== b) parents.set(a < b ? b : a, a < b ? a : b)
  }
}
