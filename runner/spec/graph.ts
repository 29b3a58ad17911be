import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Findings } from './findings.ts'
import type { Node, Span } from './node.ts'
import type { StageText } from './stages.ts'

/** One stage that another one reads. */
export interface Need {
  readonly stage: string
  readonly at: Span
  /** Named by the map form: `needs: { features: extract }`. */
  readonly port?: string
  readonly portAt?: Span
}

/** Stage -> the stages it needs, all of them known. */
export type Needs = ReadonlyMap<string, readonly Need[]>

/** Reads `needs` of every stage. A stage that does not exist is E122, one named twice in a list E102. */
export function readNeeds(stages: readonly StageText[], findings: Findings): Needs {
  const names = new Set(stages.map(({ name }) => name))
  return new Map(stages.map((stage) => [stage.name, needsOf(stage, names, findings)]))
}

function needsOf(stage: StageText, names: ReadonlySet<string>, findings: Findings): Need[] {
  const needs: Need[] = []
  const add = (node: Node, port?: string, portAt?: Span): void => {
    if (node.type !== 'scalar' || typeof node.value !== 'string') return
    const name = node.value
    if (!names.has(name)) {
      const near = nearestNames(name, [...names])
      const list = `Stages: ${[...names].join(', ')}`
      const help = near.length > 0 ? `did you mean ${near.join(', ')}? ${list}` : list
      findings.error('E122', `${stage.name} needs ${sanitize(name) || '""'}, which is no stage of this spec`, {
        at: node.at,
        help,
      })
    } else if (port === undefined && needs.some((need) => need.stage === name)) {
      findings.error('E102', `${stage.name} needs ${name} twice`, { at: node.at, help: 'name it once' })
    } else needs.push({ stage: name, at: node.at, ...(port !== undefined && { port, portAt: portAt! }) })
  }
  const node = stage.needs?.value
  if (node?.type === 'list') for (const item of node.items) add(item)
  if (node?.type === 'map') for (const [port, { key, value }] of node.entries) add(value, port, key)
  return needs
}

/** Tells cycles, none of which share a need (E120), and gives the needs that are left without those of the cycles. */
export function findCycles(needs: Needs, findings: Findings): Needs {
  const told = new Set<Need>()
  for (const start of unsorted(needs)) {
    for (
      let cycle = shortestCycle(start, needs, told);
      cycle !== undefined;
      cycle = shortestCycle(start, needs, told)
    ) {
      for (const { need } of cycle) told.add(need)
      const [first, ...others] = cycle
      const words = cycle.map(({ stage, need }) => `${stage} needs ${need.stage}`)
      findings.error('E120', `cycle: ${words.join(', ')}`, {
        at: first.need.at,
        related: others.map(({ need }, i) => ({ message: words[i + 1], at: need.at })),
        help: cycle.length === 1 ? 'remove this need' : `remove one of these ${numberWord(cycle.length)} needs`,
      })
    }
  }
  return new Map([...needs].map(([stage, all]) => [stage, all.filter((need) => !told.has(need))]))
}

/** Stages that no order can place: those of cycles and those that rest on them. */
function unsorted(needs: Needs): string[] {
  const open = new Map([...needs].map(([stage, all]) => [stage, all.length]))
  const readers = new Map<string, string[]>([...needs.keys()].map((stage) => [stage, []]))
  for (const [stage, all] of needs) for (const need of all) readers.get(need.stage)!.push(stage)
  const placed = [...open.keys()].filter((stage) => open.get(stage) === 0)
  for (const stage of placed) {
    for (const reader of readers.get(stage)!) {
      const left = open.get(reader)! - 1
      open.set(reader, left)
      if (left === 0) placed.push(reader)
    }
  }
  return [...open.keys()].filter((stage) => open.get(stage)! > 0)
}

const numberWord = (n: number): string =>
  ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][n - 2] ?? String(n)

interface Edge {
  readonly stage: string
  readonly need: Need
}

/** Breadth first from a stage back to itself, along needs that no told cycle has. */
function shortestCycle(start: string, needs: Needs, told: ReadonlySet<Need>): Edge[] | undefined {
  const reachedBy = new Map<string, Edge>()
  const queue = [start]
  for (const stage of queue) {
    for (const need of needs.get(stage)!) {
      if (told.has(need) || reachedBy.has(need.stage)) continue
      reachedBy.set(need.stage, { stage, need })
      if (need.stage !== start) queue.push(need.stage)
    }
  }
  const last = reachedBy.get(start)
  if (last === undefined) return undefined
  const path = [last]
  while (path[0].stage !== start) path.unshift(reachedBy.get(path[0].stage)!)
  return path
}

/** Stage names with every stage after those it needs, else as they stand in the spec. Expects no cycle. */
export function topologicalOrder(needs: Needs): readonly string[] {
  const placed = new Set<string>()
  for (const start of needs.keys()) {
    const open = [start]
    while (open.length > 0) {
      const stage = open[open.length - 1]
      const missing = needs.get(stage)!.find((need) => !placed.has(need.stage))
      if (missing !== undefined) open.push(missing.stage)
      else placed.add(open.pop()!)
    }
  }
  return [...placed]
}

/** All that a stage rests on, directly or through its needs; itself is not among them unless there is a cycle. */
export function ancestorsOf(stage: string, needs: Needs): ReadonlySet<string> {
  const found = new Set<string>()
  const queue = [stage]
  for (const name of queue) {
    for (const need of needs.get(name)!) {
      if (found.has(need.stage)) continue
      found.add(need.stage)
      queue.push(need.stage)
    }
  }
  return found
}
