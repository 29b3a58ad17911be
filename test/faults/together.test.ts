import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { seededRandom } from '../../base/random.ts'
import {
  type Ended,
  expectRepaired,
  LIGHT,
  projectOf,
  type Result,
  resultOf,
  run,
  type Subject,
  told,
  WHOLE,
} from './rig.ts'

const ROUNDS = WHOLE ? 60 : 2

/** Another spec of the same project, which has most of its stages in common with the first. */
const OTHER: Subject = {
  name: 'other',
  files: {
    ...LIGHT.files,
    'pipelines/other.yaml': LIGHT.files['pipelines/light.yaml']
      .replace('name: light', 'name: other')
      .replace('needs: [count, small, d]', 'needs: [small, count]'),
  },
}

const references = new Map<string, Result>()
beforeAll(async () => {
  for (const { name } of [LIGHT, OTHER]) {
    const project = await projectOf(OTHER)
    const clean = await run(project, [name])
    expect(clean.code, told(clean)).toBe(0)
    references.set(name, await resultOf(project, clean))
    await project.dispose()
  }
})

test.each(Array.from({ length: ROUNDS }, (_, n) => n))(
  'runs that begin within moments, %i: each has the result it has alone, and a common command runs once',
  async (n) => {
    const random = seededRandom('together', n)
    const project = await projectOf(OTHER)
    const names = ['light', 'other', random.next() < 0.5 ? 'light' : 'other']
    const ends = await Promise.all(
      names.map(async (name, i): Promise<Ended> => {
        await pause(i === 0 ? 0 : random.uniform(0, 400))
        return run(project, [name])
      }),
    )
    const begun: string[] = []
    for (const [i, ended] of ends.entries()) {
      expect(ended, told(ended)).toMatchObject({ code: 0, stderr: '' })
      expect(await resultOf(project, ended)).toEqual(references.get(names[i]))
      for (const event of ended.events)
        if (event.type === 'stage.start' && event.kind === 'command/shell') begun.push(event.key ?? '')
    }
    expect(begun.sort()).toEqual([...new Set(begun)].sort())
    for (const { name } of [LIGHT, OTHER]) await expectRepaired(project, { name }, references.get(name)!)
    await project.dispose()
  },
)
