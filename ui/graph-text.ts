import { formatCount } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { GraphEdge, GraphNode, StageGraph } from '../runner/explain/graph.ts'

/** `a > b x3 > c` for the longest chain and whatever it leaves, then the needs that no chain shows. */
export function graphAscii({ nodes, edges }: StageGraph): string[] {
  const labels = new Map(nodes.map((node) => [node.id, labelOf(node)]))
  const chains = chainsOf(nodes, edges)
  const shown = new Set(chains.flatMap((chain) => chain.slice(1).map((id, i) => `${chain[i]}\0${id}`)))
  const also = edges.filter(({ from, to }) => !shown.has(`${from}\0${to}`))
  return [
    ...chains.map((chain) => chain.map((id) => labels.get(id)!).join(' > ')),
    ...(also.length === 0
      ? []
      : [`also: ${also.map(({ from, to }) => `${sanitize(from)} > ${sanitize(to)}`).join(', ')}`]),
  ]
}

/** `pca x3`, and with a plan `pca x3 (2 fresh, 1 run)`. */
function labelOf({ id, count, plan }: GraphNode): string {
  const times = count === 1 ? '' : ` x${formatCount(count)}`
  const words = Object.entries(plan ?? {})
  const text = words.map(([word, n]) => (count === 1 ? word : `${formatCount(n)} ${word}`)).join(', ')
  return `${sanitize(id)}${times}${text === '' ? '' : ` (${text})`}`
}

/** Takes the longest chain of stages away, then the longest of what is left, until nothing is. Nodes come after what they need. */
function chainsOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string[][] {
  const needs = new Map<string, string[]>(nodes.map(({ id }) => [id, []]))
  for (const { from, to } of edges) needs.get(to)!.push(from)
  let left = nodes.map(({ id }) => id)
  const chains: string[][] = []
  while (left.length > 0) {
    const length = new Map<string, number>()
    const before = new Map<string, string>()
    for (const id of left) {
      const best = needs
        .get(id)!
        .filter((need) => length.has(need))
        .reduce<string | undefined>((a, b) => (a === undefined || length.get(b)! > length.get(a)! ? b : a), undefined)
      if (best !== undefined) before.set(id, best)
      length.set(id, 1 + (best === undefined ? 0 : length.get(best)!))
    }
    let end: string | undefined = left.reduce((a, b) => (length.get(b)! > length.get(a)! ? b : a))
    const chain: string[] = []
    for (; end !== undefined; end = before.get(end)) chain.unshift(end)
    chains.push(chain)
    const taken = new Set(chain)
    left = left.filter((id) => !taken.has(id))
  }
  return chains
}

/** Mermaid, as Markdown pages draw it. */
export function graphMermaid({ nodes, edges }: StageGraph): string[] {
  const numbers = new Map(nodes.map(({ id }, i) => [id, `s${i + 1}`]))
  return [
    'flowchart LR',
    ...nodes.map((node) => `  ${numbers.get(node.id)!}["${labelOf(node).replaceAll('"', '#quot;')}"]`),
    ...edges.map(({ from, to }) => `  ${numbers.get(from)!} --> ${numbers.get(to)!}`),
  ]
}

/** The language of Graphviz. */
export function graphDot({ nodes, edges }: StageGraph): string[] {
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
  return [
    'digraph pipeline {',
    '  rankdir=LR',
    '  node [shape=box]',
    ...nodes.map((node) => `  ${quote(sanitize(node.id))} [label=${quote(labelOf(node))}]`),
    ...edges.map(({ from, to }) => `  ${quote(sanitize(from))} -> ${quote(sanitize(to))}`),
    '}',
  ]
}
