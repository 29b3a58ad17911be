import type { PlanWord } from '../events.ts'
import type { Spec, SpecStage } from '../spec/spec.ts'

/** The graph of a spec: stages with their variants together, or one by one. */
export interface StageGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export interface GraphNode {
  /** Name of the stage, or its address where variants stand apart. */
  readonly id: string
  readonly kind: string
  /** Stages behind it: one for each combination of the axes that reach it. */
  readonly count: number
  /** How many of them the plan says what of. */
  readonly plan?: Readonly<Partial<Record<PlanWord, number>>>
}

export interface GraphEdge {
  readonly from: string
  readonly to: string
}

/** Stages in the order of the spec, with the needs among them. */
export function stageGraph(
  { stages }: Spec,
  addresses: ReadonlySet<string>,
  { expand, plan }: { readonly expand: boolean; readonly plan?: ReadonlyMap<string, PlanWord> },
): StageGraph {
  const chosen = stages.filter(({ address }) => addresses.has(address))
  const idOf = ({ name, address }: SpecStage): string => (expand ? address : name)
  const ids = new Map(chosen.map((stage) => [stage.address, idOf(stage)]))
  const members = new Map<string, SpecStage[]>()
  const edges = new Map<string, GraphEdge>()
  for (const stage of chosen) {
    const to = idOf(stage)
    const known = members.get(to)
    if (known === undefined) members.set(to, [stage])
    else known.push(stage)
    for (const need of Object.values(stage.bindings)) {
      const from = ids.get(need)
      if (from !== undefined) edges.set(`${from}\0${to}`, { from, to })
    }
  }
  const nodes = [...members].map(([id, group]) => ({
    id,
    kind: [...new Set(group.map(({ kind }) => kind.kind))].join(' or '),
    count: group.length,
    ...(plan && { plan: wordsOf(group, plan) }),
  }))
  return { nodes, edges: [...edges.values()] }
}

function wordsOf(group: readonly SpecStage[], plan: ReadonlyMap<string, PlanWord>): NonNullable<GraphNode['plan']> {
  const words: Partial<Record<PlanWord, number>> = {}
  for (const { address } of group) {
    const word = plan.get(address)
    if (word !== undefined) words[word] = (words[word] ?? 0) + 1
  }
  return words
}
