import { describe, expect, test } from 'vitest'
import type { EventBody } from '../../runner/events.ts'
import { PLAIN_LOOK } from '../../ui/look.ts'
import { openPlain, type PlainOptions } from '../../ui/plain.ts'
import { openQuiet } from '../../ui/quiet.ts'
import { ends, logs, PLAN, SOURCES, START, STAGES, starts, asEvents, UNTIL_18_09, WHOLE_RUN } from './example-run.ts'

type Changes = Parameters<typeof asEvents>[0]

async function shown(
  changes: Changes,
  {
    close = true,
    columns = 120,
    ...options
  }: Partial<PlainOptions> & { close?: boolean; quiet?: boolean; columns?: number } = {},
): Promise<string> {
  let text = ''
  const output = { write: (more: string) => (text += more), look: PLAIN_LOOK, columns: () => columns }
  const ui = options.quiet ? openQuiet(output) : openPlain(output, { verbose: false, github: false, ...options })
  for (const event of asEvents(changes)) ui.event(event)
  await new Promise((resolve) => setImmediate(resolve)) // lines go out once a turn of the event loop
  if (close) await ui.close({ diagnostics: [], sources: SOURCES, cwd: '/work', recordPath: '.pipeline/runs/7f3c' })
  return text
}

const END: EventBody = { type: 'run.end', exit: 0, result: 'passed', counts: {}, wallMs: 300, savedMs: 0, waivers: [] }

describe('plain mode', () => {
  test('permanent lines', async () => {
    expect(await shown(UNTIL_18_09, { close: false })).toBe(`\
seed 7  onnx-cpu  2 cores  33 stages: 5 fresh, 1 to run, 27 may run
 0:00  acquire                         fresh    1,203 images
 0:00  split                           fresh    1,203 images
 0:00  enhance                         fresh    1,203 images
 0:00  augment                         fresh    3,363 images
 0:00  extract                         fresh    3,363 images
 0:10  sample                          running  689/2,880 images  69/s  eta 31.8s
 0:42  sample                          done     2,880 images  41.8s
 0:43  pca@variance=0.85               done     1.2s
 0:44  pca@variance=0.90               done     1.2s
 0:45  pca@variance=0.95               done     1.2s
 6:00  train@variance=0.85,lr=1e-3     running  60/60 epochs  0.19/s
 6:00  train@variance=0.85,lr=1e-3     done     60 epochs  5m 14s
 7:00  train@variance=0.85,lr=3e-3     running  11/60 epochs  0.19/s
 7:03  train@variance=0.85,lr=3e-3     failed   E612 loss is not finite at epoch 12  62.8s
13:39  train@variance=0.90,lr=1e-3     running  60/60 epochs  0.15/s
13:39  train@variance=0.90,lr=1e-3     done     60 epochs  6m 36s
18:09  train@variance=0.90,lr=3e-3     running  41/60 epochs  eta 2m 04s
`)
  })

  test('ends with a block for each failure and aligned lines', async () => {
    const text = await shown(WHOLE_RUN)
    expect(text.slice(text.indexOf('\n\n') + 2)).toBe(`\
✗ train@variance=0.85,lr=3e-3  failed in 62.8s  E612 loss is not finite at epoch 12
  pipelines/dataset-b-170.yaml:17:78
  17 |   train:    { uses: train/dfr, needs: [sample, pca], with: { epochs: 60, lr: "\${matrix.lr}" } }
     |                                                                              ~~~~~~~~~~~~~~
  | 14:09:19 epoch 11/60  loss 8.41102  0.19/s
  help   lower train.lr, or set train.clip_norm
  log    .pipeline/runs/7f3c/logs/train@variance=0.85,lr=3e-3.log
  retry  pipeline run dataset-b-170          (what ended is kept)

 Stages   29 ok (24 done, 5 fresh) | 1 failed | 3 skipped | 33 in all
 Best     variance=0.90,lr=1e-3  image AUROC 0.921 [0.893, 0.946]  pixel AUROC 0.791  PRO 0.604
 Gate     image_auroc >= 0.90 met by 4 of 5
 Time     1h 31m  (saved 15m 34s)
 Run      7f3c  seed 7  onnx-cpu  .pipeline/runs/7f3c
`)
  })

  test('in a narrow terminal the parts of a line go below each other', async () => {
    const text = await shown(WHOLE_RUN, { columns: 60 })
    expect(text).toContain(`
 Best     variance=0.90,lr=1e-3
          image AUROC 0.921 [0.893, 0.946]
          pixel AUROC 0.791  PRO 0.604
`)
  })

  test('one variant: metrics, baselines, gate, warnings, outputs', async () => {
    const text = await shown([
      [0, START],
      [100, { ...PLAN, stages: STAGES.slice(0, 6), variants: 1 } as EventBody],
      [
        150,
        {
          type: 'diagnostic',
          stage: 'split',
          diagnostic: {
            code: 'W222',
            severity: 'warning',
            message: 'no part known, split by image',
            at: { file: 'a.yaml', line: 3, column: 5 },
          },
        },
      ],
      starts(200, 'sample'),
      ends(900, 'sample', 'done', 700),
      [
        950,
        {
          type: 'gate',
          stage: 'evaluate',
          variant: {},
          metric: 'image_auroc',
          op: '>=',
          threshold: 0.925,
          value: 0.921,
          interval: [0.893, 0.946],
          met: false,
        },
      ],
      [
        1000,
        {
          ...END,
          exit: 3,
          outputs: ['/work/outputs/quickstart'],
          best: {
            variant: {},
            metrics: { image_auroc: { value: 0.921, interval: [0.893, 0.946] }, pixel_auroc: { value: null } },
            baselines: { mean_grey: 0.512, distance: 0.548, deviation: 0.601 },
          },
        },
      ],
    ])
    expect(text).toContain('\na.yaml:3:5 warning W222 no part known, split by image\n')
    expect(text.slice(text.indexOf('\n\n') + 2)).toBe(`\
 Stages     1 ok (1 done) | 5 not reached | 6 in all
 Metrics    image AUROC 0.921 [0.893, 0.946]
 Baselines  mean grey 0.512  distance 0.548  deviation 0.601
 Gate       image_auroc >= 0.925 missed: 0.921 [0.893, 0.946]
 Warned     1: W222 split
 Time       0.3s
 Outputs    outputs/quickstart
 Run        7f3c  seed 7  onnx-cpu  .pipeline/runs/7f3c
`)
  })

  test('nothing to do is one line', async () => {
    const stages = STAGES.slice(0, 5)
    const text = await shown([
      [0, START],
      [100, { ...PLAN, stages } as EventBody],
      ...stages.map(({ address }) => ends(110, address, 'fresh')),
      [300, { ...END, sameAs: 'c40b' }],
    ])
    expect(text).toBe(`\
seed 7  onnx-cpu  2 cores  5 stages: 5 fresh
Up to date: 5 stages fresh (0.3s), results of run c40b
`)
  })

  test('an invalid spec shows its errors and no summary', async () => {
    let text = ''
    const ui = openPlain(
      { write: (more) => (text += more), look: PLAIN_LOOK, columns: () => 120 },
      { verbose: false, github: false },
    )
    const diagnostic = {
      code: 'E002',
      severity: 'error',
      message: 'no such spec "nowhere"',
      help: ['specs here: quickstart'],
    } as const
    for (const event of asEvents([
      [0, START],
      [5, { type: 'diagnostic', diagnostic }],
      [9, { ...END, exit: 2 }],
    ]))
      ui.event(event)
    await ui.close({ diagnostics: [diagnostic], sources: new Map(), cwd: '/work' })
    expect(text).toBe(`\
error E002 no such spec "nowhere"
  help  specs here: quickstart
1 error
`)
  })

  test('a signal is answered at once', async () => {
    const interrupt: EventBody = { type: 'run.interrupt', signal: 'SIGINT', count: 1 }
    const text = await shown([...UNTIL_18_09, [1_090_000, interrupt]], { close: false })
    expect(text).toContain('\nstopping 1 stage, Ctrl-C again to quit now\n')
  })

  test('with -v a log is one block at the end of its stage, folded under GitHub Actions', async () => {
    const changes: Changes = [
      [0, START],
      [100, PLAN],
      starts(200, 'sample'),
      starts(210, 'pca@variance=0.85'),
      logs(300, 'sample', 'first'),
      logs(310, 'pca@variance=0.85', 'other'),
      logs(320, 'sample', '\u001b[31msecond'),
      ends(900, 'sample', 'done', 700),
    ]
    expect((await shown(changes, { verbose: true, close: false })).split('\n').slice(2)).toEqual([
      '       | first',
      '       | \\x1b[31msecond',
      '',
    ])
    expect((await shown(changes, { verbose: true, github: true, close: false })).split('\n').slice(2)).toEqual([
      '::group::log of sample',
      'first',
      '\\x1b[31msecond',
      '::endgroup::',
      '',
    ])
  })
})

describe('quiet mode', () => {
  test('says nothing of a run that went well', async () => {
    expect(
      await shown(
        [
          [0, START],
          [100, PLAN],
          [300, END],
        ],
        { quiet: true },
      ),
    ).toBe('')
  })

  test('shows the summary of one that failed', async () => {
    expect(await shown(WHOLE_RUN, { quiet: true })).toContain(
      ' Stages   29 ok (24 done, 5 fresh) | 1 failed | 3 skipped | 33 in all\n',
    )
  })
})
