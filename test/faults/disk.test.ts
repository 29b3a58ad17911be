import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../runner/events.ts'
import {
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

/** Whether this system lets us make a disk of our own. */
const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** Sizes of a disk on which a run, its cache and its outputs fit, almost fit, or do not fit at all. */
const KILOBYTES = WHOLE
  ? [300, 700, 1000, 1100, 1200, 1300, 1400, 1600, 1800, 2000, 2300, 2600, 3000, 3500, 4000, 5000, 8000]
  : [1100, 1800]

const errorsOf = ({ events }: Ended): string[] => [
  ...new Set(
    events.flatMap((event: RunEvent) => {
      const found = event.type === 'diagnostic' || event.type === 'stage.end' ? event.diagnostic : undefined
      return found?.severity === 'error' ? [found.code] : []
    }),
  ),
]

describe.skipIf(!canMount).each([LIGHT, IMAGES])(
  '$name on a small disk (needs the right to mount one)',
  (subject: Subject) => {
    let reference: Result
    let disk: string
    beforeAll(async () => {
      const project = await projectOf(subject)
      const clean = await run(project, [subject.name])
      expect(clean.code, told(clean)).toBe(0)
      reference = await resultOf(project, clean)
      await project.dispose()
    })
    beforeEach(async () => {
      disk = await mkdtemp(join(tmpdir(), 'flawline-disk-'))
    })
    afterEach(async () => {
      execFileSync('umount', ['--lazy', disk])
      await rm(disk, { recursive: true })
    })

    test.each(KILOBYTES)(
      'of %i kB: it fits, or one error says that it does not; with room the same command completes',
      async (size) => {
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', disk])
        const project = { ...(await projectOf(subject)), root: disk }
        await writeSources()
        const first = await run(project, [subject.name])
        expect(first.signal).toBeNull()
        if (first.code === 0) expect(await resultOf(project, first)).toEqual(reference)
        else {
          expect(first, told(first)).toMatchObject({ code: 5 })
          // Without room for the run's own folder there are no events: the one line is on stderr.
          const said = first.events.length === 0 ? first.stderr.match(/E5\d\d/g) : errorsOf(first)
          expect(said, told(first)).toEqual([expect.stringMatching(/^E50[15]$/)])
        }
        execFileSync('mount', ['-o', 'remount,size=200m', disk])
        await writeSources()
        await expectRepaired(project, subject, reference, undefined, { allowed: ['W220', 'W502'] })
      },
    )

    /** As far as there is room. */
    async function writeSources(): Promise<void> {
      for (const [path, content] of Object.entries(subject.files)) {
        const target = join(disk, path)
        if (existsSync(target)) continue
        await mkdir(dirname(target), { recursive: true })
        await writeFile(target, content).catch(() => rm(target, { force: true }))
      }
    }
  },
)
