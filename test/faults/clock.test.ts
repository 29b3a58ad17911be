import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Project } from '../rig/project.ts'
import { type Ended, LIGHT, projectOf, resultOf, run, told } from './rig.ts'

let project: Project
beforeEach(async () => {
  project = await projectOf(LIGHT)
})
afterEach(() => project.dispose())

const HOUR_MS = 3600_000
const source = (): string => join(project.root, 'src/1.txt')

/** Shifts `Date` in the command and in what it starts; files keep the times of the system. */
const clock = (byMs: number): Record<string, string> => {
  const program = `
    const now = Date.now.bind(Date)
    Date.now = () => now() + ${byMs}
    globalThis.Date = new Proxy(Date, { construct: (date, args) => args.length > 0 ? new date(...args) : new date(now() + ${byMs}) })`
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(program)}` }
}

async function expectDone(env: Record<string, string> = {}): Promise<Ended> {
  const ended = await run(project, [LIGHT.name], env)
  expect(ended, told(ended)).toMatchObject({ code: 0, stderr: '' })
  return ended
}

const states = ({ events }: Ended): string[] =>
  events.flatMap((event) => (event.type === 'stage.end' ? [event.state] : [])).sort()

/** Other bytes of the same size, under the time that the file had or another one. */
function edit(mtimeMs = statSync(source()).mtimeMs): void {
  writeFileSync(source(), LIGHT.files['src/1.txt'].replaceAll('one', 'eno'))
  utimesSync(source(), mtimeMs / 1000, mtimeMs / 1000)
}

async function expectResultOfEdit(ended: Ended): Promise<void> {
  const clean = await projectOf({
    ...LIGHT,
    files: { ...LIGHT.files, 'src/1.txt': LIGHT.files['src/1.txt'].replaceAll('one', 'eno') },
  })
  expect(await resultOf(project, ended)).toEqual(await resultOf(clean, await run(clean, [LIGHT.name])))
  await clean.dispose()
}

test.each([-24 * HOUR_MS, -1000, 24 * HOUR_MS])(
  'a clock that jumped by %i ms changes no key and computes nothing',
  async (byMs) => {
    const before = await resultOf(project, await expectDone())
    const jumped = await expectDone(clock(byMs))
    expect(states(jumped)).toEqual(Array(7).fill('fresh'))
    expect(await resultOf(project, jumped)).toEqual(before)
    expect(states(await expectDone())).toEqual(Array(7).fill('fresh'))
  },
)

test.each([
  ['of the same size and time', () => edit()],
  ['dated back by a day', () => edit(Date.now() - 24 * HOUR_MS)],
  ['dated ahead by a day', () => edit(Date.now() + 24 * HOUR_MS)],
])('an edit %s is seen, whatever the clock says', async (_, change) => {
  await expectDone(clock(HOUR_MS))
  change()
  await expectResultOfEdit(await expectDone(clock(-HOUR_MS)))
})

test('a file from the future is read again each time, and another content of it is seen', async () => {
  const ahead = Date.now() + 24 * HOUR_MS
  utimesSync(source(), ahead / 1000, ahead / 1000)
  await expectDone()
  expect(states(await expectDone())).toEqual(Array(7).fill('fresh'))
  edit(ahead)
  await expectResultOfEdit(await expectDone())
})
