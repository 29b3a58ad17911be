import { cp, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { RunEvent } from '../../runner/events.ts'
import { makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let original: Project
let project: Project
let ids: string[]

beforeAll(async () => {
  original = await makeProject()
  ids = await writeParts(original, 'data')
  await original.write('pipelines/small.yaml', smallSpec())
  const first = await original.run('small')
  expect(first.code, first.stdout + first.stderr).toBe(0)
})
afterAll(() => original.dispose())

beforeEach(async () => {
  project = await makeProject()
  await cp(original.root, project.root, { recursive: true, preserveTimestamps: true })
})
afterEach(() => project.dispose())

/** Makes images darker. */
async function darken(fits: (id: string) => boolean): Promise<void> {
  for (const id of ids.filter(fits)) {
    const bytes = await readFile(join(project.root, 'data', id))
    await project.write(join('data', id), await sharp(bytes).linear(0.9).png().toBuffer())
  }
}
const ofTraining = (id: string): boolean => id.startsWith('train/')

const endOf = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'run.end' ? [event] : []))[0]
const pageOf = (): Promise<string> => readFile(join(project.root, 'outputs/index.html'), 'utf8')

test('--until takes any selector, and what it needs comes along', async () => {
  const { states } = await project.run('small', '--until', 'pca^...')
  expect(states).toEqual({ acquire: 'fresh', split: 'fresh', extract: 'fresh', sample: 'fresh' })
})

test('--from computes a stage and all after it again, and says so', async () => {
  const { states, events } = await project.run('small', '--until', 'train', '--from', 'sample')
  expect(states).toEqual({
    acquire: 'fresh',
    split: 'fresh',
    extract: 'fresh',
    sample: 'done',
    pca: 'done',
    train: 'done',
  })
  const starts = events.flatMap((event) => (event.type === 'stage.start' ? [event.reasons] : []))
  expect(starts).toEqual(Array(3).fill([{ type: 'forced', option: '--from sample' }]))
})

test('--force=S computes S alone again: its output is the same, so nothing follows', async () => {
  const { states } = await project.run('small', '--force=pca')
  expect(states).toMatchObject({ sample: 'fresh', pca: 'done', train: 'cut-off', score: 'cut-off' })
})

test('--only runs what it names, from the cache', async () => {
  const { states } = await project.run('small', '--only', 'pca', '--set', 'pca.variance=0.8')
  expect(states).toEqual({ acquire: 'fresh', split: 'fresh', extract: 'fresh', sample: 'fresh', pca: 'done' })
})

test('--only is content with the images that are read', async () => {
  await darken((id) => id.startsWith('test/ok'))
  const { states } = await project.run('small', '--only', 'pca', '--set', 'pca.variance=0.8')
  expect(states).toMatchObject({ extract: 'cached', sample: 'fresh', pca: 'done' })
  expect((await project.run('small', '--until', 'extract')).states.extract).toBe('done 3')
})

test('a missing input of --only is told before anything starts', async () => {
  const { code, events, states } = await project.run('small', '--only', 'train', '--set', 'pca.variance=0.8')
  expect([code, states]).toEqual([2, {}])
  expect(events.flatMap((event) => (event.type === 'diagnostic' ? [event.diagnostic] : []))).toMatchObject([
    {
      code: 'E020',
      message: 'train needs pca, which is not in the cache',
      help: ['bring it up to date first with --until pca, or leave --only out'],
    },
  ])
})

test('selectors that fit nothing, and options that exclude each other, end in 2', async () => {
  const misspelt = await project.pipeline('plan', 'small', '--until', 'trian')
  expect([misspelt.code, misspelt.stderr]).toEqual([
    2,
    'error E003 no stage is named "trian"\n  help  did you mean train? stages: acquire, split, extract, sample, pca, train, score, evaluate, outputs\n1 error\n',
  ])
  const outside = await project.pipeline('plan', 'small', '--until', 'pca', '--force=score')
  expect(outside.stderr).toContain('E003 --force score is not among the stages of this run')
  const both = await project.pipeline('plan', 'small', 'train', '--only', 'pca')
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('E005 --only and train exclude each other')])
})

test('--accept takes the stored output for one run, says so, and fools no later run', async () => {
  await darken(ofTraining)
  const accepting = await project.run('small', '--accept', 'sample')
  expect(accepting.states).toEqual({
    acquire: 'done',
    split: 'done',
    extract: 'done 6',
    sample: 'cached',
    pca: 'fresh',
    train: 'fresh',
    score: 'done 2',
    evaluate: 'done',
    outputs: 'done 6',
  })
  expect(endOf(accepting.events).waivers).toMatchObject([
    { address: 'sample', stage: 'sample', variant: {}, reasons: [{ type: 'input-changed', n: 6 }] },
  ])
  expect(await pageOf()).toMatch(/Accepted sample as of run [0-9a-f]{4} in place of today&#39;s \(input-changed\), by /)

  const plain = await project.run('small')
  expect(plain.states).toMatchObject({ extract: 'fresh', sample: 'done', pca: 'done', train: 'done' })
  expect(endOf(plain.events).waivers).toEqual([])
  expect(await pageOf()).not.toContain('Accepted')

  const elsewhere = await makeProject()
  await cp(join(project.root, 'data'), join(elsewhere.root, 'data'), { recursive: true })
  await elsewhere.write('pipelines/small.yaml', smallSpec())
  await elsewhere.run('small')
  const page = await readFile(join(elsewhere.root, 'outputs/index.html'), 'utf8')
  expect(await pageOf()).toBe(page)
  await elsewhere.dispose()
})

test('what an accepted output alone rests on is not computed', async () => {
  const { states } = await project.run(
    'small',
    '--until',
    'train',
    '--set',
    'extract.padding=symmetric',
    '--accept',
    'sample',
  )
  expect(states).toEqual({ acquire: 'fresh', split: 'fresh', sample: 'cached', pca: 'fresh', train: 'fresh' })
})

test('a per-image stage is accepted where each image has a stored output', async () => {
  const { states } = await project.run(
    'small',
    '--until',
    'train',
    '--set',
    'extract.padding=symmetric',
    '--accept',
    'extract',
  )
  expect(states).toEqual({
    acquire: 'fresh',
    split: 'fresh',
    extract: 'cached',
    sample: 'fresh',
    pca: 'fresh',
    train: 'fresh',
  })
  await darken(ofTraining)
  const { code, stderr } = await project.pipeline('run', 'small', '--accept', 'extract')
  expect([code, stderr]).toEqual([2, expect.stringMatching(/E021 no output of extract is stored for 6 of 12 images: /)])
})

test('the summary names what was accepted', async () => {
  const { stderr } = await project.pipeline(
    'run',
    'small',
    '--until',
    'train',
    '--accept',
    'pca',
    '--set',
    'pca.variance=0.8',
  )
  expect(stderr).toMatch(/^ Accepted +pca \(spec-field-changed\)$/m)
})

test.each([
  ['evaluate', 'E021 evaluate cannot be accepted: a verdict is never waived'],
  ['split', 'E021 split cannot be accepted: it is evaluated with every plan'],
])('%s is never accepted', async (stage, message) => {
  const { code, stderr } = await project.pipeline('run', 'small', '--accept', stage)
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
})

test('nothing stored is nothing to accept', async () => {
  await project.write('pipelines/other.yaml', smallSpec({ outputs: false }))
  const { code, stderr } = await project.pipeline('run', 'other', '--set', 'sample.grid=10', '--accept', 'sample')
  expect([code, stderr]).toEqual([2, expect.stringContaining('E021 no output of sample is stored to be accepted')])
})

test('what was learnt from an image that is a test image today is not accepted', async () => {
  const moved = ids.filter(ofTraining)
  for (const id of moved.slice(0, 3)) {
    const to = id.replace('train/', 'test/').replace('.png', '_again.png')
    await rename(join(project.root, 'data', id), join(project.root, 'data', to))
  }
  const { code, stderr } = await project.pipeline('run', 'small', '--accept', 'sample')
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/E214 the stored output of sample was learnt from test\/.*, a test image today/),
  ])
})

test('scores of a model that learnt from an image that is a test image today are not accepted', async () => {
  for (const id of ids.filter(ofTraining).slice(0, 3)) {
    const to = id.replace('train/', 'test/').replace('.png', '_again.png')
    await rename(join(project.root, 'data', id), join(project.root, 'data', to))
  }
  const { code, stderr } = await project.pipeline('run', 'small', '--accept', 'score')
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/E214 the stored output of score rests on what was learnt from test\/.*, a test image today/),
  ])
})

test('what rests on test images reaches no training, whether it is computed or accepted', async () => {
  const more = '  pictures: { uses: report/pictures, needs: [score, evaluate] }\n'
  await project.write('pipelines/small.yaml', smallSpec() + more)
  expect((await project.run('small')).code).toBe(0)
  const learn = `  learn: { uses: command/shell, needs: [pictures], with: { run: "ls in > x", outputs: [x], splits: [train] } }\n`
  await project.write('pipelines/small.yaml', smallSpec() + more + learn)
  for (const args of [[], ['--set', 'score.top_k=5', '--until', 'learn', '--accept', 'pictures']]) {
    const { code, stdout } = await project.run('small', ...args)
    expect(code, args.join(' ')).not.toBe(0)
    expect(stdout).toMatch(/"code":"E214".*the test image test\/\S+ would reach the training of command\/shell/)
  }
})
