import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULT_POINTS } from '../../base/fault.ts'
import { seededRandom } from '../../base/random.ts'
import { type Project } from '../rig/project.ts'
import {
  type Ended,
  execute,
  expectRepaired,
  filesIn,
  IMAGES,
  LIGHT,
  projectOf,
  type Result,
  resultOf,
  run,
  type Subject,
  told,
  TRAINING,
  WHOLE,
} from './rig.ts'

/** A state of a project and a command; each of the command's write points is a place to die at. */
interface Scenario {
  readonly name: string
  readonly subject: Subject
  /** What was run before, with its spec in place of the subject's. */
  readonly earlier?: Subject
  readonly damage?: (root: string) => void
  readonly args?: readonly string[]
  /** The points in question, where others of this command are tried elsewhere. */
  readonly points?: RegExp
  /** In place of a run. */
  readonly command?: readonly string[]
  readonly allowed?: readonly string[]
  /** How many of its places are tried where not all are. */
  readonly share: number
}

const cache = (root: string): string => join(root, '.pipeline/cache')

const SCENARIOS: readonly Scenario[] = [
  { name: 'a first run of light stages and commands', subject: LIGHT, share: 4 },
  { name: 'a first run over images', subject: IMAGES, share: 2 },
  { name: 'a training that keeps its state', subject: TRAINING, points: /^checkpoint-/, share: 1 },
  {
    name: 'a run over fewer images than the one before',
    subject: IMAGES,
    earlier: {
      ...IMAGES,
      files: { 'pipelines/images.yaml': IMAGES.files['pipelines/images.yaml'].replace('test_good: 2', 'test_good: 3') },
    },
    share: 2,
  },
  {
    name: 'a run that finds a damaged blob',
    subject: LIGHT,
    earlier: LIGHT,
    damage: (root) => {
      for (const file of filesIn(join(cache(root), 'blobs'))) {
        const bytes = readFileSync(file)
        if (bytes.toString().endsWith('three\n')) writeFileSync(file, bytes.fill(7, 40, 60)) // what stage c gave
      }
    },
    args: ['--force=count'],
    allowed: ['W502'],
    share: 2,
  },
  {
    name: 'a collection that leaves little',
    subject: IMAGES,
    earlier: IMAGES,
    command: ['cache', 'gc', '--max-size', '0.2M'],
    share: 1,
  },
  {
    name: 'a run that finds a damaged index',
    subject: LIGHT,
    earlier: LIGHT,
    damage: (root) => writeFileSync(join(cache(root), 'index.lmdb'), Buffer.alloc(40_000, 0x5a)),
    allowed: ['W502'],
    share: 1,
  },
]

interface Place {
  readonly site: 'runner' | 'host'
  readonly point: string
  readonly passage: number
}

/** Each point's first, middle and last passage, out of the lines that an armed run traced. */
function placesIn(trace: string): Place[] {
  const counts = new Map<string, number>()
  for (const line of trace.trim().split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1)
  return [...counts].flatMap(([line, count]) => {
    const [site, point] = line.split(' ') as ['runner' | 'host', string]
    return [...new Set([1, Math.ceil(count / 2), count])].map((passage) => ({ site, point, passage }))
  })
}

const seen = new Set<string>()
let deaths = 0

describe.each(SCENARIOS)(
  '$name',
  ({ subject, earlier, damage, args = [], command, allowed = [], share, points = /./, name }) => {
    const perform = (project: Project, fault: string): Promise<Ended> => {
      const env = { PIPELINE_FAULT: fault }
      return command === undefined ? run(project, [subject.name, ...args], env) : execute(project, command, env)
    }
    let template: string
    let reference: Result
    let places: Place[]
    const projects: { root: string; dispose: () => Promise<void> }[] = []

    /** The project as it is before the command. */
    async function prepared(): Promise<Project> {
      const project = await projectOf(subject)
      projects.push(project)
      cpSync(template, project.root, { recursive: true, preserveTimestamps: true })
      return project
    }

    beforeAll(async () => {
      const undisturbed = await projectOf(subject)
      projects.push(undisturbed)
      const clean = await run(undisturbed, [subject.name])
      expect(clean.code, told(clean)).toBe(0)
      reference = await resultOf(undisturbed, clean)
      template = await mkdtemp(join(tmpdir(), 'flawline-'))
      if (earlier !== undefined) {
        const before = await projectOf(earlier)
        projects.push(before)
        expect((await run(before, [subject.name])).code).toBe(0)
        damage?.(before.root)
        cpSync(before.root, template, { recursive: true, preserveTimestamps: true })
      }
      for (const [path, content] of Object.entries(subject.files)) {
        mkdirSync(join(template, path, '..'), { recursive: true })
        writeFileSync(join(template, path), content)
      }
      const traced = await prepared()
      const trace = join(traced.root, 'trace')
      const armed = await perform(traced, `trace:${trace}`)
      expect(armed.code, told(armed)).toBe(0)
      const all = placesIn(readFileSync(trace, 'utf8')).filter(({ point }) => points.test(point))
      expect(all).not.toEqual([])
      places = WHOLE ? all : seededRandom('places', name, 1).shuffle(all).slice(0, share)
    }, 300_000)
    afterAll(async () => {
      rmSync(template, { recursive: true, force: true })
      for (const project of projects) await project.dispose()
    })

    test('killed at a write point, is repaired by a plain second run', async () => {
      for (const { site, point, passage } of places) {
        const project = await prepared()
        const fault = `${point}:${passage}${site === 'host' ? ',host' : ''}`
        const broken = await perform(project, fault)
        // How many commits and events there are is a matter of time: the last passage may not be reached again.
        const { signal, code } = broken
        const outcome = signal ?? code
        expect([0, site === 'runner' ? 'SIGKILL' : 1], `${fault}\n${told(broken)}`).toContain(outcome)
        expect(broken.stderr).toBe('')
        await expectRepaired(project, subject, reference, broken, { allowed: ['W220', ...allowed] }).catch(
          (error: unknown) => {
            throw new Error(`after ${fault}`, { cause: error })
          },
        )
        await project.dispose()
        if (outcome !== 0) seen.add(point)
        if (outcome !== 0) deaths++
      }
      if (WHOLE) process.stdout.write(`${name}: ${places.length} places, ${deaths} deaths so far\n`)
    }, 3_600_000)
  },
)

afterAll(() => {
  const never = FAULT_POINTS.filter((point) => !seen.has(point))
  if (WHOLE) process.stdout.write(`${deaths} deaths at ${seen.size} write points, never at: ${never.join(', ')}\n`)
})
