import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunEvent } from '../../runner/events.ts'
import { makeProject, type Project, smallSpec, writeParts } from '../rig/project.ts'

let project: Project
beforeEach(async () => {
  project = await makeProject()
  for (const name of ['a', 'b', 'c']) await project.write(`texts/${name}`, `${name}\n`)
})
afterEach(() => project.dispose())

const spec = (matrix: string, stages: string): string =>
  `version: 1\nname: small\noutputs: outputs\nmatrix: ${matrix}\nstages:\n${stages}`

/** Address -> state, and `computed` where the stage ran. */
function statesOf(events: readonly RunEvent[]): Record<string, string> {
  const plan = events.flatMap((event) => (event.type === 'run.plan' ? event.stages : []))
  const ends = new Map(
    events.flatMap((event) =>
      event.type === 'stage.end' ? [[JSON.stringify([event.stage, event.variant]), event] as const] : [],
    ),
  )
  return Object.fromEntries(
    plan.map(({ address, stage, variant }) => {
      const { state, cause } = ends.get(JSON.stringify([stage, variant]))!
      return [address, cause === undefined ? state : `${state} ${cause}`]
    }),
  )
}

/** What each variant of the last stage wrote, by the names of its folder. */
const outputOf = (...path: string[]): Promise<string> => readFile(join(project.root, 'outputs', ...path), 'utf8')

const JOIN = '  join: { uses: files/concat, with: { files: ["texts/${matrix.x}", "texts/${matrix.y}"] } }\n'

test('zip, include and exclude give these variants and no others', async () => {
  await project.write(
    's.yaml',
    spec('{ axes: { x: [a, b], y: [b, c] }, zip: [[x, y]], include: [{ x: c, y: c }] }', JOIN),
  )
  expect(statesOf((await project.run('s.yaml')).events)).toEqual({
    'join@x=a,y=b': 'done',
    'join@x=b,y=c': 'done',
    'join@x=c,y=c': 'done',
  })
  await project.write('s.yaml', spec('{ axes: { x: [a, b], y: [b, c] }, exclude: [{ x: b, y: b }] }', JOIN))
  expect(statesOf((await project.run('s.yaml')).events)).toEqual({
    'join@x=a,y=b': 'fresh',
    'join@x=a,y=c': 'done',
    'join@x=b,y=c': 'fresh',
  })
})

test('a whole-object axis carries a kind with its settings', async () => {
  const axes =
    '{ method: [{ name: joined, uses: files/concat, with: { files: [texts], name: all } }, { name: echoed, uses: command/shell, with: { run: "echo hello > all", outputs: [all] } }] }'
  await project.write(
    's.yaml',
    spec(
      `{ axes: ${axes} }`,
      '  make: { uses: "${matrix.method.uses}", with: "${matrix.method.with}" }\n  end: { uses: files/concat, needs: [make] }\n',
    ),
  )
  const { events, code } = await project.run('s.yaml')
  expect([code, statesOf(events)]).toEqual([
    0,
    {
      'make@method=joined': 'done',
      'make@method=echoed': 'done',
      'end@method=joined': 'done',
      'end@method=echoed': 'done',
    },
  ])
  expect(await outputOf('method=joined', 'files', 'end', 'all')).toBe('a\nb\nc\n')
  expect(await outputOf('method=echoed', 'files', 'end', 'all')).toBe('hello\n')
})

test('without a conditional stage its followers have the keys of a spec in which it is not written', async () => {
  const first = '  first: { uses: files/concat, with: { files: [texts/a] } }\n'
  await project.write(
    'plain.yaml',
    `version: 1\nname: plain\nstages:\n${first}  last: { uses: files/concat, needs: [first] }\n`,
  )
  await project.run('plain.yaml')
  await project.write(
    's.yaml',
    spec(
      '{ axes: { more: [yes, no] } }',
      `${first}  more: { uses: files/concat, needs: [first], with: { files: [texts/b] }, when: { more: yes } }\n  last: { uses: files/concat, needs: [more] }\n`,
    ),
  )
  const { events } = await project.run('s.yaml')
  expect(statesOf(events)).toEqual({
    first: 'cached',
    'more@more=yes': 'done',
    'last@more=yes': 'done',
    'last@more=no': 'cached',
  })
  expect(await outputOf('more=yes', 'files', 'last', 'all')).toBe('a\nb\n')
  expect(await outputOf('more=no', 'files', 'last', 'all')).toBe('a\n')
})

test('what needs the output of a stage that is not there is skipped, and the run passes', async () => {
  await writeParts(project, 'data')
  const base = smallSpec({ outputs: false }).replace('seed: 3', 'seed: 3\nmatrix: { axes: { sampled: [true, false] } }')
  await project.write('s.yaml', base.replace('per_image: all }', 'per_image: all }, when: { sampled: true }'))
  const { events, code } = await project.run('s.yaml', '--until', 'train')
  expect([code, statesOf(events)]).toEqual([
    0,
    {
      acquire: 'done',
      split: 'done',
      extract: 'done',
      'sample@sampled=true': 'done',
      'pca@sampled=true': 'done',
      'train@sampled=true': 'done',
      'train@sampled=false': 'skipped condition',
    },
  ])
  const again = await project.pipeline('run', 's.yaml', '--until', 'train')
  expect(again.stderr).toContain('Up to date: 6 stages fresh')
  const plan = await project.pipeline('plan', 's.yaml', '--until', 'train')
  expect(plan.stdout).toMatch(/⊘ train +1 +skipped/)
})

test('--sweep makes variants of a spec that has none, which share what they have in common', async () => {
  await project.write(
    's.yaml',
    'version: 1\nname: small\nstages:\n  first: { uses: files/concat, with: { files: [texts/a] } }\n  last: { uses: files/concat, needs: [first], with: { name: all } }\n',
  )
  await project.run('s.yaml')
  const { events } = await project.run('s.yaml', '--sweep', 'last.name=all,other')
  expect(statesOf(events)).toEqual({ first: 'fresh', 'last@name=all': 'cached', 'last@name=other': 'done' })
  const plan = events.flatMap((event) => (event.type === 'run.plan' ? [event] : []))[0]
  expect([plan.variants, plan.overrides]).toEqual([2, ['last.name=all,other']])
  const wrong = await project.pipeline('run', 's.yaml', '--sweep', 'last.name=all,/x')
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringContaining('E106 last.name must be a path below a folder'),
  ])
})
