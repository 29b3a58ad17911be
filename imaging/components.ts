export interface Components {
  /** Per px: 0 background, 1..count in the order in which a scan by rows meets them. */
  readonly labels: Int32Array
  readonly count: number
  /** Px of each component; `areas[k]` belongs to label k, `areas[0]` is the background. */
  readonly areas: Int32Array
}

/**
 * 8-connected components of a binary mask (every value but 0 is foreground), height x width. Two passes with union-find,
 * linear in px (Wu, Otoo, Suzuki 2009). Labels are those of scikit-image's `label(mask, connectivity=2)`.
 */
export function labelComponents(mask: ArrayLike<number>, width: number, height: number): Components {
  const labels = new Int32Array(width * height)
  const parents: number[] = [0]
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 0) continue
      labels[i] = provisionalLabel(labels, parents, i, { x, y, width })
    }
  }
  return settle(labels, parents)
}

/** The label of a neighbour that a scan has passed: left, above left, above, above right; a new one where none has. */
function provisionalLabel(
  labels: Int32Array,
  parents: number[],
  i: number,
  { x, y, width }: { x: number; y: number; width: number },
): number {
  const above = i - width
  const up = y > 0 ? labels[above] : 0
  if (up !== 0) return up // joined with all the others already
  const left = x > 0 ? labels[i - 1] : 0
  const upLeft = x > 0 && y > 0 ? labels[above - 1] : 0
  const upRight = x + 1 < width && y > 0 ? labels[above + 1] : 0
  const first = left !== 0 ? left : upLeft
  if (first !== 0 && upRight !== 0) return union(parents, first, upRight)
  if (first !== 0) return first
  if (upRight !== 0) return upRight
  parents.push(parents.length)
  return parents.length - 1
}

function find(parents: number[], label: number): number {
  let root = label
  while (parents[root] !== root) root = parents[root]
  for (let at = label; at !== root; ) {
    const next = parents[at]
    parents[at] = root
    at = next
  }
  return root
}

/** Roots are the smaller label, so that they keep the order of the scan. */
function union(parents: number[], a: number, b: number): number {
  const rootA = find(parents, a)
  const rootB = find(parents, b)
  const root = Math.min(rootA, rootB)
  parents[rootA] = root
  parents[rootB] = root
  return root
}

function settle(labels: Int32Array, parents: number[]): Components {
  const final = new Int32Array(parents.length)
  let count = 0
  for (let label = 1; label < parents.length; label++) {
    const root = find(parents, label)
    final[label] = root === label ? ++count : final[root]
  }
  const areas = new Int32Array(count + 1)
  for (let i = 0; i < labels.length; i++) {
    labels[i] = final[labels[i]]
    areas[labels[i]]++
  }
  return { labels, count, areas }
}
