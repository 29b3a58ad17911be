import type { Cell, EventBody, PlannedStage, RunEvent } from '../../runner/events.ts'
import { INITIAL_STATE, type RunState, reduce } from '../../ui/state.ts'

/** Local time, so that printed times of day are the same everywhere. */
const STARTED_AT = new Date(2026, 10, 23, 14, 2, 19).toISOString()

const CELLS: readonly (readonly [string, Cell])[] = [
  ['variance=0.85,lr=1e-3', { variance: 0.85, lr: 0.001 }],
  ['variance=0.85,lr=3e-3', { variance: 0.85, lr: 0.003 }],
  ['variance=0.90,lr=1e-3', { variance: 0.9, lr: 0.001 }],
  ['variance=0.90,lr=3e-3', { variance: 0.9, lr: 0.003 }],
  ['variance=0.95,lr=1e-3', { variance: 0.95, lr: 0.001 }],
  ['variance=0.95,lr=3e-3', { variance: 0.95, lr: 0.003 }],
]

function planned(stage: string, cell: string, variant: Cell, more: Partial<PlannedStage> = {}): PlannedStage {
  return {
    stage,
    variant,
    address: cell === '' ? stage : `${stage}@${cell}`,
    kind: `${stage}/example`,
    needs: [],
    plan: 'maybe',
    reasons: [],
    list: false,
    ...more,
  }
}

/** The 33 stages of `interface.md` section 0. */
export const STAGES: readonly PlannedStage[] = [
  ...['acquire', 'split', 'enhance'].map((stage) => planned(stage, '', {}, { list: true, plan: 'fresh', items: 1203 })),
  planned('augment', '', {}, { list: true, plan: 'fresh', items: 3363 }),
  planned('extract', '', {}, { plan: 'fresh', items: 3363, estMs: 0 }),
  planned('sample', '', {}, { plan: 'run', items: 2880, estMs: 42_000, needs: ['extract'] }),
  ...['0.85', '0.90', '0.95'].map((value) =>
    planned('pca', `variance=${value}`, { variance: Number(value) }, { estMs: 1300, needs: ['sample'] }),
  ),
  ...['train', 'score', 'evaluate', 'export'].flatMap((stage) =>
    CELLS.map(([cell, variant]) => planned(stage, cell, variant, { estMs: 400_000 })),
  ),
]

export const PLAN: EventBody = {
  type: 'run.plan',
  digest: 'a'.repeat(64),
  name: 'dataset-b-170',
  overrides: [],
  protocol: 'standard',
  seed: 7,
  engine: 'onnx-cpu',
  cores: 2,
  jobs: 2,
  resources: {},
  git: null,
  stages: STAGES,
  variants: 6,
  bill: { run: 1, maybe: 27, reused: 5, estMs: 0, estBytes: 0, freeBytes: 0 },
}

export const START: EventBody = {
  type: 'run.start',
  time: STARTED_AT,
  spec: { path: 'pipelines/dataset-b-170.yaml' },
  argv: ['run', 'dataset-b-170'],
  pid: 4127,
  versions: {},
}

type Change = readonly [atMs: number, body: EventBody]

export function starts(atMs: number, address: string): Change {
  const { stage, variant, kind } = stageAt(address)
  const log = `.pipeline/runs/7f3c/logs/${address}.log`
  const items = { total: 0, stale: 0 }
  return [atMs, { type: 'stage.start', stage, variant, kind, kindVersion: 1, attempt: 1, reasons: [], items, log }]
}

export function progresses(
  atMs: number,
  address: string,
  progress: { done: number; total?: number; unit: string; rate?: number; etaMs?: number },
): Change {
  const { stage, variant } = stageAt(address)
  return [atMs, { type: 'stage.progress', stage, variant, ...progress }]
}

export function logs(atMs: number, address: string, text: string): Change {
  const { stage, variant } = stageAt(address)
  return [atMs, { type: 'stage.log', stage, variant, level: 'info', text }]
}

type EndBody = Extract<EventBody, { type: 'stage.end' }>

export function ends(
  atMs: number,
  address: string,
  state: EndBody['state'],
  wallMs = 0,
  more: Partial<EndBody> = {},
): Change {
  const { stage, variant } = stageAt(address)
  const usage = { cpuMs: 0, rssBytes: 0, bytes: 0, savedMs: 0 }
  return [atMs, { type: 'stage.end', stage, variant, state, wallMs, ...usage, ...more }]
}

function stageAt(address: string): PlannedStage {
  const stage = STAGES.find((each) => each.address === address)
  if (stage === undefined) throw new Error(`no stage ${address} in the example`)
  return stage
}

/** Bodies as the runner would send them. */
export const asEvents = (changes: readonly Change[], run = '7f3c'): RunEvent[] =>
  changes.map(([t, body], seq) => ({ ...body, v: 1, seq, t, run }))

export const stateAfter = (events: readonly RunEvent[]): RunState => events.reduce(reduce, INITIAL_STATE)

const SKIP: Partial<EndBody> = { cause: 'need-failed' }

/** Run 7f3c up to 18:09, as `interface.md` section 7 draws it. */
export const UNTIL_18_09: readonly Change[] = [
  [0, START],
  [310, PLAN],
  ends(311, 'acquire', 'fresh'),
  ends(311, 'split', 'fresh'),
  ends(311, 'enhance', 'fresh'),
  ends(311, 'augment', 'fresh'),
  ends(320, 'extract', 'fresh', 0, { items: { total: 3363, computed: 0, reused: 3363 } }),
  starts(330, 'sample'),
  progresses(10_400, 'sample', { done: 689, total: 2880, unit: 'images', rate: 69, etaMs: 31_800 }),
  ends(42_130, 'sample', 'done', 41_800, { items: { total: 2880, computed: 2880, reused: 0 } }),
  ...['0.85', '0.90', '0.95'].flatMap((value, i) => [
    starts(42_200 + i * 1200, `pca@variance=${value}`),
    ends(43_400 + i * 1200, `pca@variance=${value}`, 'done', 1200),
  ]),
  starts(46_000, 'train@variance=0.85,lr=1e-3'),
  progresses(360_000, 'train@variance=0.85,lr=1e-3', { done: 60, total: 60, unit: 'epochs', rate: 0.19 }),
  ends(360_300, 'train@variance=0.85,lr=1e-3', 'done', 314_000),
  starts(360_400, 'train@variance=0.85,lr=3e-3'),
  progresses(420_000, 'train@variance=0.85,lr=3e-3', { done: 11, total: 60, unit: 'epochs', rate: 0.19 }),
  logs(420_100, 'train@variance=0.85,lr=3e-3', 'epoch 11/60  loss 8.41102  0.19/s'),
  ends(423_200, 'train@variance=0.85,lr=3e-3', 'failed', 62_800, {
    diagnostic: {
      code: 'E612',
      severity: 'error',
      message: 'loss is not finite at epoch 12',
      at: { file: 'pipelines/dataset-b-170.yaml', line: 17, column: 78, endLine: 17, endColumn: 92 },
      help: ['lower train.lr, or set train.clip_norm'],
    },
  }),
  ...['score', 'evaluate', 'export'].map((stage) =>
    ends(423_200, `${stage}@variance=0.85,lr=3e-3`, 'skipped', 0, SKIP),
  ),
  starts(423_300, 'train@variance=0.90,lr=1e-3'),
  progresses(819_000, 'train@variance=0.90,lr=1e-3', { done: 60, total: 60, unit: 'epochs', rate: 0.15 }),
  ends(819_300, 'train@variance=0.90,lr=1e-3', 'done', 396_000),
  starts(818_000, 'train@variance=0.90,lr=3e-3'),
  progresses(1_089_000, 'train@variance=0.90,lr=3e-3', { done: 41, total: 60, unit: 'epochs', etaMs: 124_000 }),
]

/** Line 17 of the spec, where it is wrong. */
export const SOURCES: ReadonlyMap<string, string> = new Map([
  [
    'pipelines/dataset-b-170.yaml',
    `${'\n'.repeat(16)}  train:    { uses: train/dfr, needs: [sample, pca], with: { epochs: 60, lr: "\${matrix.lr}" } }\n`,
  ],
])

const REST = ['train', 'score', 'evaluate', 'export'].flatMap((stage) =>
  CELLS.map(([cell]) => `${stage}@${cell}`).filter(
    (address) =>
      !UNTIL_18_09.some(
        ([, body]) => body.type === 'stage.end' && stageAt(address).address === address && endsStage(body, address),
      ),
  ),
)

function endsStage(body: EndBody, address: string): boolean {
  const { stage, variant } = stageAt(address)
  return body.stage === stage && JSON.stringify(body.variant) === JSON.stringify(variant)
}

/** The whole of run 7f3c. */
export const WHOLE_RUN: readonly Change[] = [
  ...UNTIL_18_09,
  ...REST.map((address, i) => ends(1_100_000 + i, address, 'done', 60_000)),
  ...CELLS.filter((_, i) => i !== 1).map(([, variant], i): Change => {
    const value = i === 0 ? 0.89 : 0.921
    const gate = { metric: 'image_auroc', op: '>=', threshold: 0.9, value, interval: null, met: i > 0 } as const
    return [5_460_000, { type: 'gate', stage: 'evaluate', variant, ...gate }]
  }),
  [
    5_460_000,
    {
      type: 'run.end',
      exit: 1,
      result: 'failed',
      counts: { done: 24, fresh: 5, failed: 1, skipped: 3 },
      wallMs: 5_460_000,
      savedMs: 934_000,
      best: {
        variant: { variance: 0.9, lr: 0.001 },
        metrics: {
          image_auroc: { value: 0.921, interval: [0.893, 0.946] },
          pixel_auroc: { value: 0.791 },
          pixel_aupro: { value: 0.604 },
          image_f1_max: { value: 0.9 },
        },
        baselines: {},
      },
      waivers: [],
    },
  ],
]
