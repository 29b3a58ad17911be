import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import { contents, makeProject, type Project, start } from '../rig/project.ts'

/** A few moments by default; `PIPELINE_TEST_KILLS=20` and more for a long look. */
const KILLS = Number(process.env.PIPELINE_TEST_KILLS ?? 3)

/** The quickstart's chain on a smaller set. */
const SPEC = `version: 1
name: parts
seed: 11
outputs: outputs
stages:
  acquire:  { uses: acquire/synthetic, with: { train: 8, test_good: 3, test_defective: 3, poses: 1, size: 128 } }
  split:    { uses: split/by-part, needs: [acquire], with: { held_out: 0.25 } }
  augment:  { uses: augment/photometric, needs: [split], with: { copies: 1 } }
  extract:  { uses: extract/mobilenet-v2, needs: [augment], with: { size: 128 } }
  sample:   { uses: sample/cells, needs: [extract], with: { grid: 16, per_image: 100 } }
  pca:      { uses: pca/streaming, needs: [sample] }
  train:    { uses: train/dfr, needs: [sample, pca], with: { epochs: 20, batch: 256 } }
  score:    { uses: score/top-k, needs: [extract, train] }
  evaluate: { uses: evaluate/standard, needs: [score], with: { resamples: 100 } }
  export:   { uses: export/onnx, needs: [train, score, evaluate] }
`

let undisturbed: Map<string, string>
let durationMs: number

const projects: Project[] = []
async function project(): Promise<Project> {
  const made = await makeProject()
  projects.push(made)
  await made.write('pipelines/parts.yaml', SPEC)
  return made
}

beforeAll(async () => {
  const clean = await project()
  const started = performance.now()
  const { code, stderr, stdout } = await clean.run('parts')
  durationMs = performance.now() - started
  expect(code, stdout + stderr).toBe(0)
  undisturbed = await contents(join(clean.root, 'outputs'))
})
afterAll(() => Promise.all(projects.map((each) => each.dispose())))

describe('a run killed with SIGKILL', () => {
  const random = seededRandom('kills')
  const moments = Array.from({ length: KILLS }, () => random.uniform(0.02, 0.98))

  test.each(moments)('at %f of its time gives the same bytes when it is run again', async (share) => {
    const killed = await project()
    const child = start(killed.root, ['run', 'parts', '--ui', 'quiet'])
    const ended = once(child, 'exit')
    setTimeout(() => child.kill('SIGKILL'), share * durationMs)
    await ended
    const again = await killed.run('parts')
    expect(again.code, again.stdout + again.stderr).toBe(0)
    expect(await contents(join(killed.root, 'outputs'))).toEqual(undisturbed)
  })
})

describe('a training killed with SIGKILL', () => {
  test('goes on from its last checkpoint and ends in the same bytes', async () => {
    const killed = await project()
    await killed.write('pipelines/parts.yaml', SPEC.replace('epochs: 20', 'epochs: 20, checkpoint: 0'))
    const child = start(killed.root, ['run', 'parts', '--ui', 'json'])
    const ended = once(child, 'exit')
    await output(child, /"name":"loss","value":[\d.]+,"step":5\b/)
    child.kill('SIGKILL')
    await ended
    const { code, events } = await killed.run('parts')
    expect(code).toBe(0)
    const said = events.flatMap((event) => (event.type === 'stage.log' && event.stage === 'train' ? [event.text] : []))
    expect(said).toContainEqual(expect.stringMatching(/^goes on after epoch ([4-9]|1\d), where an earlier run/))
    expect(await contents(join(killed.root, 'outputs'))).toEqual(undisturbed)
  })
})

describe('Ctrl-C during training', () => {
  test('ends the run within two seconds, keeps what ended, and the next run goes on from there', async () => {
    const stopped = await project()
    await stopped.write('pipelines/parts.yaml', SPEC.replace('epochs: 20', 'epochs: 100000'))
    const child = start(stopped.root, ['run', 'parts', '--ui', 'json'])
    await output(child, /"type":"stage.metric"/)
    const signalled = performance.now()
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(130)
    expect(performance.now() - signalled).toBeLessThan(2000)
    await stopped.write('pipelines/parts.yaml', SPEC)
    const { states } = await stopped.run('parts')
    expect(states).toMatchObject({ extract: 'cached', sample: 'cached', pca: 'cached', train: 'done' })
    expect(await contents(join(stopped.root, 'outputs'))).toEqual(undisturbed)
  })
})

function output(child: ReturnType<typeof start>, wanted: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (wanted.test(text)) resolve()
    })
  })
}
