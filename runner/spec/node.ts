/** The tree of a spec: values that remember where they are written, whatever file, argument or parameter they come from. */

/** A range of characters (UTF-16 units, end exclusive) of one source text. */
export interface Span {
  readonly file: string
  readonly start: number
  readonly end: number
}

interface Written {
  /** Where people wrote it: for `lr: "${matrix.lr}"` the reference. */
  readonly at: Span
  /** Where the value itself is written, when that is elsewhere: the parameter or the axis. */
  readonly origin?: Span
}

export interface ScalarNode extends Written {
  readonly type: 'scalar'
  readonly value: string | number | boolean | null
  /** As the source spells it: `0.90`, `1e-3`. */
  readonly text: string
}

export interface ListNode extends Written {
  readonly type: 'list'
  readonly items: readonly Node[]
}

export interface MapNode extends Written {
  readonly type: 'map'
  readonly entries: ReadonlyMap<string, Entry>
}

/** A part with a fault that was told already; later steps step over it. */
interface BrokenNode extends Written {
  readonly type: 'broken'
}

export type Node = ScalarNode | ListNode | MapNode | BrokenNode

export interface Entry {
  readonly key: Span
  readonly value: Node
}

/** A position in the tree: keys of maps and places in lists. */
export type Path = readonly (string | number)[]

/** The plain value; a broken part is null. */
export function plainOf(node: Node): unknown {
  switch (node.type) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(plainOf)
    case 'map':
      return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plainOf(entry.value)]))
    case 'broken':
      return null
  }
}

export const originOf = (node: Node): Span => node.origin ?? node.at

export function entryOf(node: Node | undefined, name: string): Entry | undefined {
  return node?.type === 'map' ? node.entries.get(name) : undefined
}

export const memberOf = (node: Node | undefined, name: string): Node | undefined => entryOf(node, name)?.value

/** The node at a path, or undefined where the tree ends before. */
export function nodeAt(root: Node | undefined, path: Path): Node | undefined {
  let node = root
  for (const step of path) {
    if (node?.type === 'list') node = node.items[Number(step)]
    else node = memberOf(node, String(step))
  }
  return node
}

/** The paths of all nodes below one, those around others first. */
export function pathsBelow(root: Node | undefined): Path[] {
  if (root?.type !== 'map' && root?.type !== 'list') return []
  const parts =
    root.type === 'list' ? root.items.entries() : [...root.entries].map(([name, { value }]) => [name, value])
  return [...(parts as Iterable<[string | number, Node]>)].flatMap(([step, node]) => [
    [step],
    ...pathsBelow(node).map((path) => [step, ...path]),
  ])
}

/** The entry that a path leads to, for the place of its key; undefined for a list item. */
export function entryAt(root: Node | undefined, path: Path): Entry | undefined {
  const parent = nodeAt(root, path.slice(0, -1))
  return path.length === 0 ? undefined : entryOf(parent, String(path.at(-1)))
}

/** Where to point for a value: its own text, or its key where it is empty (`needs:` with nothing behind it). */
export function spanAt(root: Node | undefined, path: Path): Span | undefined {
  const node = nodeAt(root, path)
  if (node !== undefined && node.at.end > node.at.start) return node.at
  return entryAt(root, path)?.key ?? node?.at
}

/** A copy of the tree with another value at a path of keys; missing maps on the way are made, `undefined` takes a key away. */
export function withNodeAt(root: MapNode, path: Path, value: Node | undefined, key: Span): MapNode {
  const [step, ...rest] = path
  const entries = new Map(root.entries)
  const name = String(step)
  const old = entries.get(name)
  if (rest.length > 0) {
    const inner: MapNode = old?.value.type === 'map' ? old.value : { type: 'map', entries: new Map(), at: key }
    entries.set(name, { key: old?.key ?? key, value: withNodeAt(inner, rest, value, key) })
  } else if (value === undefined) entries.delete(name)
  else entries.set(name, { key, value })
  return { ...root, entries }
}
