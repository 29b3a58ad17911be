import type { RunDocument } from '../../runner/history/run-document.ts'
import type { ReportInput, Thumbnails } from '../../runner/report/read-report.ts'
import { encodeWebp } from '../../imaging/encode.ts'
import { rasterOf } from '../../imaging/raster.ts'
import { examplePage } from './example-page.ts'

const SIDE = 32

/** A report over the made-up verdict of `example-page.ts`, with a failed gate, a warning, and pictures of plain colours. */
export async function exampleReport(): Promise<ReportInput> {
  const { verdict, thresholds, variant } = examplePage()
  const grey = await encodeWebp(rasterOf(new Uint8Array(SIDE * SIDE * 3).fill(120), SIDE, SIDE, 3))
  const clear = await encodeWebp(rasterOf(new Uint8Array(SIDE * SIDE * 3), SIDE, SIDE, 3), new Uint8Array(SIDE * SIDE))
  const thumbnails: Thumbnails = { image: grey, heat: clear, predicted: clear, truth: undefined }
  const train: ReportInput['stages'][number] = {
    address: 'train@variance=0.90,lr=1e-3',
    stage: 'train',
    variant: { variance: 0.9, lr: 0.001 },
    kind: 'train/dfr',
    kindVersion: 4,
    list: false,
    needs: ['sample'],
    plan: 'run',
    state: 'done',
    key: '8c1f09d2'.padEnd(64, '0'),
    reasons: [{ type: 'no-previous-run' }],
    wallMs: 60_000,
    cpuMs: 110_000,
    rssBytes: 1.1e9,
    bytes: 8_400_000,
    savedMs: 0,
    artifacts: { model: { digest: 'ab'.repeat(32), bytes: 8_400_000 } },
    happened: {
      startMs: 30_000,
      endMs: 90_000,
      metrics: new Map([
        [
          'loss',
          [
            [1, 0.4],
            [2, 0.1],
            [3, 0.05],
          ],
        ],
      ]),
    },
  }
  return {
    document: DOCUMENT,
    variant,
    stages: [train],
    verdict,
    thresholds,
    pictures: new Map(verdict.items.map(({ digest }) => [digest, thumbnails])),
  }
}

const DOCUMENT: RunDocument = {
  v: 1,
  run: '7f3c',
  spec: {
    path: 'pipelines/dataset-b-170.yaml',
    name: 'dataset-b-170',
    resolved: { version: 1, name: 'dataset-b-170' },
  },
  argv: ['run', 'dataset-b-170', '--set', 'params.data=my parts'],
  pid: 4127,
  started: '2026-11-20T14:01:00.000Z',
  wallMs: 120_000,
  savedMs: 0,
  result: 'gate-missed',
  exit: 3,
  seed: 7,
  protocol: 'standard',
  engine: 'onnx-cpu',
  cores: 2,
  versions: { flawline: '0.1.0', node: '20.19.0' },
  git: { commit: '3dbdb1d', dirty: true },
  overrides: ['params.data=my parts'],
  variants: 6,
  stages: [],
  gates: [
    {
      stage: 'evaluate',
      variant: {},
      metric: 'image_auroc',
      op: '>=',
      threshold: 0.95,
      value: 0.921,
      interval: [0.893, 0.946],
      met: false,
    },
  ],
  verdicts: [],
  comparison: [],
  waivers: [],
  diagnostics: [{ diagnostic: { code: 'W222', severity: 'warning', message: 'no part known, split by image' } }],
  outputs: [],
}
