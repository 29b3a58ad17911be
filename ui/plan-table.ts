import { formatBytes, formatCount, formatDuration, plural } from '../base/format.ts'
import type { Bill, PlannedStage, PlanWord } from '../runner/events.ts'
import { glyphOf, type Look, paint, PLAN_MARKS } from './look.ts'
import { reasonText } from './reason-text.ts'

interface PlanRow {
  readonly plan: PlanWord
  readonly stage: string
  readonly count: string
  readonly items: string
  readonly time: string
  readonly disk: string
  readonly why: string
}

/** The stages of a plan, one row for each name and word, in the order of the plan. */
export function planTable(stages: readonly PlannedStage[], look: Look): string[] {
  const rows = planRows(stages)
  const width = (pick: (row: PlanRow) => string, heading: string): number =>
    Math.max(heading.length, ...rows.map((row) => pick(row).length))
  const widths = {
    stage: width((row) => row.stage, 'STAGE'),
    count: width((row) => row.count, 'COUNT'),
    plan: width((row) => row.plan, 'PLAN'),
    items: width((row) => row.items, 'ITEMS'),
    time: Math.max(
      8,
      width((row) => row.time, 'TIME'),
    ),
    disk: Math.max(
      7,
      width((row) => row.disk, 'DISK'),
    ),
  }
  const line = (
    glyph: string,
    row: Omit<PlanRow, 'plan'> & { plan: string },
    colour: (text: string) => string,
  ): string =>
    [
      `${colour(glyph)} ${row.stage.padEnd(widths.stage)}`,
      row.count.padStart(widths.count),
      colour(row.plan.padEnd(widths.plan)),
      row.items.padStart(widths.items),
      row.time.padStart(widths.time),
      row.disk.padStart(widths.disk),
      row.why,
    ]
      .join('  ')
      .trimEnd()
  const heading = {
    stage: 'STAGE',
    count: 'COUNT',
    plan: 'PLAN',
    items: 'ITEMS',
    time: 'TIME',
    disk: 'DISK',
    why: 'WHY',
  }
  return [
    line(' ', heading, (text) => text),
    ...rows.map((row) => {
      const mark = PLAN_MARKS[row.plan]
      return line(glyphOf(mark, look), row, (text) => paint(text, mark.colour, look))
    }),
  ]
}

/** The same as a Markdown table. */
export function planMarkdown(stages: readonly PlannedStage[]): string[] {
  return [
    '| stage | count | plan | items | time | disk | why |',
    '| --- | ---: | --- | ---: | ---: | ---: | --- |',
    ...planRows(stages).map(
      ({ stage, count, plan, items, time, disk, why }) =>
        `| ${[stage, count, plan, items, time, disk, why.replace(/\|/g, '\\|')].join(' | ')} |`,
    ),
  ]
}

function planRows(stages: readonly PlannedStage[]): PlanRow[] {
  const groups = new Map<string, PlannedStage[]>()
  for (const stage of stages) {
    const key = `${stage.stage}\0${stage.plan}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [stage])
    else group.push(stage)
  }
  const due = dueAbove(stages)
  const told = new Set<string>()
  return [...groups.values()].map((group) => {
    const [first] = group
    const why = whyText(first, due)
    const isNews = first.plan !== 'maybe' || !told.has(why)
    told.add(why)
    return {
      plan: first.plan,
      stage: first.stage,
      count: String(group.length),
      items: itemsText(first),
      time: first.list ? '' : estimate(sum(group, ({ estMs }) => estMs)),
      disk: first.list ? '' : growth(sum(group, ({ estBytes }) => estBytes)),
      why: isNews ? why : '',
    }
  })
}

/** `2,880`, and `1/2,880` where the rest is in the cache. */
function itemsText({ plan, items, stale }: PlannedStage): string {
  if (items === undefined) return ''
  const isPart = plan === 'run' && stale !== undefined && stale < items
  return isPart ? `${formatCount(stale)}/${formatCount(items)}` : formatCount(items)
}

/** Why a stage would run; for one that may run, what decides it. */
function whyText(stage: PlannedStage, due: ReadonlyMap<string, ReadonlySet<string>>): string {
  if (stage.plan === 'maybe' && stage.reasons.length === 0) {
    const causes = [...(due.get(stage.address) ?? [])]
    return causes.length === 0 ? '' : `unless ${causes.join(', ')} gives the same output`
  }
  if (stage.plan !== 'run' && stage.plan !== 'maybe' && stage.plan !== 'blocked') return ''
  const reasons = stage.reasons.map(reasonText)
  return `${reasons.at(0) ?? ''}${reasons.length < 2 ? '' : ` (+${reasons.length - 1} more)`}`
}

/** By address, the names of the stages sure to run that a stage rests on, over stages that may. A plan has needs first. */
function dueAbove(stages: readonly PlannedStage[]): ReadonlyMap<string, ReadonlySet<string>> {
  const above = new Map<string, ReadonlySet<string>>()
  const handedOn = new Map<string, ReadonlySet<string>>()
  for (const { address, stage, plan, needs } of stages) {
    const sets = [...new Set(needs.flatMap((need) => handedOn.get(need) ?? []))]
    const due = sets.length === 1 ? sets[0] : new Set(sets.flatMap((set) => [...set]))
    above.set(address, due)
    if (plan === 'run') handedOn.set(address, new Set([stage]))
    else if (plan === 'maybe') handedOn.set(address, due)
  }
  return above
}

/** Undefined as soon as one is not known. */
function sum(stages: readonly PlannedStage[], pick: (stage: PlannedStage) => number | undefined): number | undefined {
  return stages
    .map(pick)
    .reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0)
}

/** `~42s`, `~42m 40s`, `0s`; nothing where it is not known. */
function estimate(ms: number | undefined): string {
  if (ms === undefined) return ''
  if (ms < 500) return ms === 0 ? '0s' : '~1s'
  return `~${ms < 99_500 ? `${Math.round(ms / 1000)}s` : formatDuration(ms)}`
}

/** `+96 MB`, `+2.4 GB`: an estimate has no more than two digits that mean something. */
function growth(bytes: number | undefined): string {
  if (bytes === undefined) return ''
  const [value, unit] = formatBytes(bytes).split(' ')
  return bytes === 0 ? '0' : `+${Number(value) >= 10 ? Math.round(Number(value)) : Number(value)} ${unit}`
}

/**
 * `Bill  1 to run, 9 may run, 5 reused  ~43m on 2 cores  +154 MB of 212 GB free  longest path sample > pca > train ~10m`,
 * and for a sweep `Shared  6 stages computed once for all 6 variants, 3 for 2 each, saving ~1h 22m`.
 */
export function billLines(bill: Bill, stages: readonly PlannedStage[], cores: number): string[] {
  const due = [
    ...(bill.run === 0 ? [] : [`${bill.run} to run`]),
    ...(bill.maybe === 0 ? [] : [`${bill.maybe} may run`]),
    ...(bill.reused === 0 ? [] : [`${bill.reused} reused`]),
  ]
  const shared = bill.shared === undefined ? [] : [sharedLine(bill.shared)]
  if (bill.run + bill.maybe === 0) return [`Bill  nothing to run, ${bill.reused} reused`, ...shared]
  const path = longestPath(stages)
  const { undecoded = 0, decodingMs = 0 } = bill
  const line = [
    `Bill  ${due.join(', ')}`,
    `${roughly(bill.estMs)} on ${cores} core${cores === 1 ? '' : 's'}`,
    `${growth(bill.estBytes)} of ${formatBytes(bill.freeBytes)} free`,
    ...(path.stages.length < 2 ? [] : [`longest path ${pathText(path.stages)} ${roughly(path.ms)}`]),
    ...(undecoded === 0 ? [] : [`decoding ${plural(undecoded, 'new picture')} ${roughly(decodingMs)}`]),
  ].join('  ')
  return [line, ...shared]
}

function sharedLine({ variants, groups, savedMs }: NonNullable<Bill['shared']>): string {
  const parts = groups.map(({ stages, variants: served }, i) => {
    const whom = served === variants ? `all ${formatCount(variants)} variants` : `${Number(served.toFixed(1))} each`
    return i === 0
      ? `${plural(stages, 'stage')} computed once for ${served === variants ? whom : `${whom} of ${formatCount(variants)} variants`}`
      : `${formatCount(stages)} for ${whom}`
  })
  return `Shared  ${parts.join(', ')}${savedMs < 500 ? '' : `, saving ${roughly(savedMs)}`}`
}

/** `~43m`, from a minute and a half on without seconds. */
const roughly = (ms: number): string =>
  ms < 90_000 ? estimate(ms) : ms < 3_570_000 ? `~${Math.round(ms / 60_000)}m` : `~${formatDuration(ms)}`

/** A chain of stages, told from its end. */
interface Path {
  readonly stage: string
  readonly before: Path | undefined
  readonly length: number
  readonly ms: number
}

/** The costliest chain of stages that run or may run. */
function longestPath(stages: readonly PlannedStage[]): { stages: string[]; ms: number } {
  const best = new Map<string, Path>()
  const longer = (a: Path | undefined, b: Path): Path =>
    a === undefined || b.ms > a.ms || (b.ms === a.ms && b.length > a.length) ? b : a
  let longest: Path | undefined
  for (const { address, stage, plan, needs, estMs = 0 } of stages) {
    if (plan !== 'run' && plan !== 'maybe') continue
    const before = needs.flatMap((need) => best.get(need) ?? []).reduce<Path | undefined>(longer, undefined)
    const path = { stage, before, length: (before?.length ?? 0) + 1, ms: (before?.ms ?? 0) + estMs }
    best.set(address, path)
    longest = longer(longest, path)
  }
  const names: string[] = []
  for (let path = longest; path !== undefined; path = path.before) names.push(path.stage)
  return { stages: names.reverse(), ms: longest?.ms ?? 0 }
}

/** Names of a path; of a long one both ends. */
const SHOWN_OF_PATH = 12

function pathText(names: readonly string[]): string {
  if (names.length <= SHOWN_OF_PATH) return names.join(' > ')
  const end = SHOWN_OF_PATH / 2
  const left = `(${formatCount(names.length - SHOWN_OF_PATH)} more)`
  return [...names.slice(0, end), left, ...names.slice(-end)].join(' > ')
}
