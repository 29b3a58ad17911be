import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let project: Project
/** Good test images. */
let good: readonly string[]
beforeAll(async () => {
  project = await makeProject()
  const ids = await writeParts(project, 'data')
  good = ids.filter((id) => id.startsWith('test/ok/'))
  await project.write('pipelines/small.yaml', smallSpec())
  const { code, stderr } = await project.pipeline('run', 'small', '--ui', 'quiet')
  expect(stderr).toBe('')
  expect(code).toBe(0)
}, 120_000)
afterAll(() => project.dispose())

/** Output with keys, runs, versions and times of day replaced, since they differ from machine to machine. */
async function told(...args: string[]): Promise<string> {
  const { stdout, stderr } = await project.pipeline(...args)
  expect(stderr).toBe('')
  return stdout
    .replace(/\b[0-9a-f]{8}\b/g, 'KEY')
    .replace(/run [0-9a-f]{4,}/g, 'run RUN')
    .replace(/(just now|\d+ minutes? ago|(today|\d+ \w+) \d\d:\d\d)/g, 'WHEN')
    .replace(/(onnxruntime-node|sharp) [0-9.]+/g, '$1 VERSION')
}

test('a fresh stage says since when, and what it rests on', async () => {
  expect(await told('why', 'small', 'sample')).toBe(`\
sample  sample/cells  KEY  fresh since run RUN, WHEN
  items     4, all there
  same      kind version 1, grid 8, per_image all, seed 3, extract KEY
  after it  pca, train, score, evaluate, outputs rest on it
`)
})

test('an edit not made yet is explained with the argument that makes it, and nothing is written', async () => {
  expect(await told('why', 'small', 'sample', '--if', 'sample.grid=16')).toBe(`\
sample  sample/cells  KEY -> KEY  against run RUN, WHEN
  spec-field-changed  grid  8 -> 16  --if sample.grid=16
  items               4 of 4 must be computed
  same                kind version 1, per_image all, seed 3, extract KEY
  after it            pca, train, score, evaluate, outputs may follow
`)
  expect(await told('why', 'small', 'train', '--if', 'sample.grid=16')).toBe(`\
train  train/pca  KEY -> ?  against run RUN, WHEN
  maybe     runs unless sample gives the same output
  same      kind version 1
  after it  score, evaluate, outputs may follow
`)
})

test('an edit of the file is explained with its line and column', async () => {
  await project.write('pipelines/small.yaml', smallSpec().replace('top_k: 4', 'top_k: 5'))
  expect(await told('why', 'small', 'score')).toBe(`\
score  score/top-k  KEY -> KEY  against run RUN, WHEN
  spec-field-changed  top_k  4 -> 5  pipelines/small.yaml:12:74
  items               8 of 8 must be computed
  same                kind version 1, map_geometry exact, pixel_error squared, engine onnx-cpu onnxruntime-node VERSION,
                      train KEY, extract KEY
  after it            evaluate, outputs may follow
`)
  await project.write('pipelines/small.yaml', smallSpec())
})

test('an image that changed is named, with what changed of it', async () => {
  const path = join(project.root, 'data', good[0])
  const before = await readFile(path)
  await writeFile(path, await readFile(join(project.root, 'data', good[1])))
  const why = await told('why', 'small', 'extract')
  await writeFile(path, before)
  expect(why).toContain(`\n  input-changed  1 of 12 images (pixels): ${good[0]}\n`)
})

test('kept files that were edited or deleted are noted', async () => {
  await appendFile(join(project.root, 'outputs/scores.csv'), 'x')
  await rm(join(project.root, 'outputs/verdict.json'))
  expect((await told('why', 'small', 'evaluate')).split('\n').slice(-3)).toEqual([
    '  output-missing   verdict.json was deleted after the run; the next run writes it again',
    '  output-modified  scores.csv was edited after the run; the next run writes it again',
    '',
  ])
})

test('a past run is explained by its record', async () => {
  expect(await told('why', 'small', 'train', '--run', 'last')).toBe(`\
train  train/pca  KEY  done in run RUN, WHEN
  no-previous-run  never ran here
  after it         score, evaluate, outputs rest on it
`)
})

test('an unknown stage is E003 with the nearest name', async () => {
  const { code, stdout, stderr } = await project.pipeline('why', 'small', 'smaple')
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('error E003 no stage is named "smaple"\n  help  did you mean sample?')
})

test('status tells what would run, by the sizes and times of files alone', async () => {
  expect(await told('status', 'small', '--set', 'score.top_k=5')).toBe(`\
  STAGE     STATE  N/M  NOTE
= acquire   fresh  1/1  run RUN, WHEN
= split     fresh  1/1  run RUN, WHEN
= extract   fresh  1/1  run RUN, WHEN
= sample    fresh  1/1  run RUN, WHEN
= pca       fresh  1/1  run RUN, WHEN
= train     fresh  1/1  run RUN, WHEN
* score     run    0/1  spec-field-changed top_k 4 -> 5
? evaluate  maybe  0/1
? outputs   maybe  0/1
`)
  expect((await project.pipeline('status', 'small', '--exit-code')).code).toBe(0)
  expect((await project.pipeline('status', 'small', '--exit-code', '--set', 'score.top_k=5')).code).toBe(1)
})

test('graph draws the chain, or what selectors name', async () => {
  expect(await told('graph', 'small')).toBe(`\
acquire > split > extract > sample > pca > train > score > evaluate > outputs
also: extract > score, score > outputs
`)
  const { stdout } = await project.pipeline('graph', 'small', 'pca^...', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    v: 1,
    kind: 'graph',
    nodes: [{ id: 'acquire' }, {}, {}, { id: 'sample' }],
  })
})
