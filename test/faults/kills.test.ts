import { cpSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Random, seededRandom } from '../../base/random.ts'
import type { Project } from '../rig/project.ts'
import {
  type Child,
  type Ended,
  expectRepaired,
  IMAGES,
  LIGHT,
  projectOf,
  type Result,
  resultOf,
  run,
  type Subject,
  told,
  WHOLE,
} from './rig.ts'

/** Random kills in all, and in one test: each test has a seed of its own, so that one block can be tried by itself (`-t`). */
const KILLS = WHOLE ? 1000 : 8
const BLOCK = Math.min(KILLS, 50)
const BLOCKS = Array.from({ length: KILLS / BLOCK }, (_, n) => n)

/** A subject, with what is known of it when nothing disturbs it. */
interface Known {
  readonly subject: Subject
  readonly reference: Result
  /** A project that was brought up to date before one of its sources changed. */
  readonly template: string
  readonly events: number
  /** Of a first run, ms; follows the load of the machine. */
  durationMs: number
}

const known: Known[] = []
let [kills, late, beside, rounds] = [0, 0, 0, 0]

async function knowledgeOf(
  subject: Subject,
  earlier: readonly [path: string, from: string, to: string],
): Promise<Known> {
  const project = await projectOf(subject)
  const started = performance.now()
  const clean = await run(project, [subject.name])
  const durationMs = performance.now() - started
  expect(clean.code, told(clean)).toBe(0)
  const reference = await resultOf(project, clean)
  await project.dispose()
  const [path, from, to] = earlier
  const before = await projectOf({
    ...subject,
    files: { ...subject.files, [path]: subject.files[path].replace(from, to) },
  })
  expect((await run(before, [subject.name])).code).toBe(0)
  const template = await mkdtemp(join(tmpdir(), 'flawline-'))
  cpSync(before.root, template, { recursive: true, preserveTimestamps: true })
  await before.dispose()
  return { subject, reference, template, events: clean.events.length, durationMs }
}

beforeAll(async () => {
  known.push(
    await knowledgeOf(LIGHT, ['src/1.txt', 'one', 'eleven']),
    await knowledgeOf(IMAGES, ['pipelines/images.yaml', 'test_good: 2', 'test_good: 3']),
  )
}, 300_000)
afterAll(async () => {
  for (const { template } of known) await rm(template, { recursive: true })
  process.stdout.write(`${figures()}\n`)
})

const figures = (): string =>
  `${kills} kills in ${rounds} projects, ${late} came too late, ${beside} runs beside a killed one, ${Math.round(performance.now() / 1000)} s`

/** Kills a run after some time, or some time after one of its events. */
function killer(of: Known, random: Random): (child: Child) => void {
  const kill = (child: Child, afterMs: number): void => void setTimeout(() => child.kill('SIGKILL'), afterMs)
  if (random.next() < 0.5) return (child) => kill(child, random.uniform(0.02, 1) * of.durationMs)
  let left = 1 + random.below(of.events)
  const delayMs = random.uniform(0, 30)
  return (child) => {
    child.stdout!.on('data', (text: string) => {
      const before = left
      left -= text.split('\n').length - 1
      if (before > 0 && left <= 0) kill(child, delayMs)
    })
  }
}

async function killedRun(project: Project, of: Known, random: Random): Promise<Ended> {
  const ended = await run(project, [of.subject.name], {}, killer(of, random))
  expect(ended.stderr).toBe('')
  if (ended.signal === 'SIGKILL') kills++
  else late++
  of.durationMs *= ended.signal === 'SIGKILL' ? 1.01 : 0.95
  return ended
}

async function round(block: number, n: number): Promise<void> {
  const random = seededRandom('kills', block, n)
  const of = known[n % 10 === 5 ? 1 : 0]
  const project = await projectOf(of.subject)
  if (random.next() < 0.3) {
    cpSync(of.template, project.root, { recursive: true, preserveTimestamps: true })
    for (const [path, content] of Object.entries(of.subject.files)) await project.write(path, content)
  }
  if (random.next() < 0.15) {
    const other = run(project, [of.subject.name])
    await killedRun(project, of, random)
    const left = await other
    beside++
    expect(left, told(left)).toMatchObject({ code: 0, stderr: '' })
    expect(await resultOf(project, left)).toEqual(of.reference)
  } else await killedRun(project, of, random)
  while (random.next() < 0.3) await killedRun(project, of, random)
  await expectRepaired(project, of.subject, of.reference, undefined, { thirdRun: n % 4 === 0 })
  await project.dispose()
  rounds++
}

test.each(BLOCKS)(
  'killed at any moment, once or more, block %i: a plain run gives the same bytes',
  async (block) => {
    const enough = kills + BLOCK
    for (let n = 0; kills < enough; n++) {
      await round(block, n).catch((error: unknown) => {
        throw new Error(`block ${block}, project ${n}`, { cause: error })
      })
    }
    if (WHOLE) process.stdout.write(`block ${block} of ${BLOCKS.length}: ${figures()}\n`)
  },
  3_600_000,
)
