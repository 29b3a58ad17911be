import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { plural } from '../base/format.ts'
import type { Benchmark, Request } from './benchmark.ts'
import { median } from './comparison.ts'
import { contest, type Results, type Turn } from './dag/contest.ts'
import type { Dag } from './dag/dag.ts'
import { installPeers } from './dag/install.ts'
import { layeredDag, sweepDag, treeDag } from './dag/shapes.ts'
import type { Tool } from './dag/tool.ts'
import { lightPipeline, shellPipeline, sweepPipeline } from './dag/tools/pipeline.ts'
import { fitting } from './dag/trial.ts'
import { withFolder } from './temporary.ts'

const LIMIT_MS = 120_000
const QUICK_LIMIT_MS = 30_000
const TURNS: readonly Turn[] = [{ what: 'cold' }, { what: 'no-op' }]

interface Growth {
  readonly what: string
  /** Half, whole and double. */
  readonly sizes: readonly { readonly size: string; readonly dag: Dag; readonly tools: readonly Tool[] }[]
  /** A tenth of the largest, to leave out who takes too long. */
  readonly trial?: Dag
}

/** What the runner and its peers take at half, whole and double size. */
export const peersGrowth: Benchmark = async (request) => {
  const { rounds = 1, quick, tell } = request
  const scale = quick ? 0.1 : 1
  const rows: string[][] = []
  for (const growth of growths(scale, installPeers(tell))) rows.push(...(await grow(growth, { ...request, rounds })))
  return {
    caption:
      `Wall time at half, whole and double the size; ${plural(rounds, 'round')}. In brackets how many times as long as the size before: ` +
      '2.0 is linear growth, less where starting up counts for much.',
    columns: ['what', 'tool', 'sizes', 'cold, ms', 'no-op, ms'],
    rows,
  }
}

const growths = (scale: number, peers: readonly Tool[]): readonly Growth[] => [
  {
    what: 'steps (B1)',
    sizes: [500, 1000, 2000].map((steps) => ({
      size: String(steps * scale),
      dag: layeredDag(steps * scale),
      tools: [lightPipeline(), shellPipeline(), ...peers],
    })),
    trial: layeredDag(200 * scale),
  },
  {
    what: 'files of one step (B2)',
    sizes: [50_000, 100_000, 200_000].map((files) => ({
      size: String(files * scale),
      dag: treeDag(files * scale),
      tools: [shellPipeline()],
    })),
  },
  {
    what: 'variants (B4)',
    sizes: [2, 4, 8].map((c) => {
      const axes = { a: 5, b: quickly(10, scale), c, d: 5 }
      return { size: String(25 * axes.b * c), dag: sweepDag(axes), tools: [sweepPipeline(axes)] }
    }),
  },
]

const quickly = (values: number, scale: number): number => Math.max(1, Math.round(values * scale))

async function grow({ what, sizes, trial }: Growth, { rounds = 1, quick, tell }: Request): Promise<string[][]> {
  const limitMs = quick ? QUICK_LIMIT_MS : LIMIT_MS
  return withFolder(async (folder) => {
    const asked = sizes[0].tools
    const { fit, unable } =
      trial === undefined
        ? { fit: asked, unable: new Map<Tool, string>() }
        : await fitting(asked, trial, { folder, times: 10, limitMs, tell })
    const names = new Set(fit.map(({ name }) => name))
    const played: Results[] = []
    for (const { size, dag, tools } of sizes) {
      const place = join(folder, size)
      mkdirSync(place)
      const entries = tools.filter(({ name }) => names.has(name)).map((tool) => ({ tool, dag }))
      const say = (text: string): void => tell(`${what}, ${size}: ${text}`)
      played.push(await contest(entries, TURNS, { rounds, folder: place, limitMs, tell: say }))
    }
    return asked.map((tool, i) => {
      const times = (turn: string): (number | undefined)[] =>
        played.map((results, size) => {
          const ms = results.of(turn, sizes[size].tools[i]).map(({ wallMs }) => wallMs)
          return ms.length === 0 ? undefined : median(ms)
        })
      const cold = unable.get(tool) ?? timesText(times('cold'))
      return [
        what,
        tool.name,
        sizes.map(({ size }) => size).join(' / '),
        cold,
        unable.has(tool) ? '' : timesText(times('no-op')),
      ]
    })
  })
}

/** `620, 1180 (1.9), 2400 (2.0)`. */
const timesText = (times: readonly (number | undefined)[]): string =>
  times
    .map((ms, i) => {
      const before = times[i - 1]
      if (ms === undefined) return 'failed'
      return ms.toFixed(0) + (before === undefined ? '' : ` (${(ms / before).toFixed(1)})`)
    })
    .join(', ')
