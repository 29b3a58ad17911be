import { execFileSync } from 'node:child_process'
import { appendFileSync, closeSync, cpSync, openSync, rmSync, writeSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../runner/events.ts'
import { contents, makeProject, type Project, smallSpec, start, writeParts } from '../rig/project.ts'

let project: Project

beforeEach(async () => {
  project = await makeProject()
  await writeParts(project, 'data')
  await project.write('pipelines/small.yaml', smallSpec())
})
afterEach(() => project.dispose())

const at = (...path: string[]): string => join(project.root, ...path)

interface Watched {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly events: readonly RunEvent[]
  readonly stderr: string
}

type Child = ReturnType<typeof start>

/** A run whose events are looked at as they come. */
function watch(
  look: (event: RunEvent, child: Child) => void = () => {},
  env: Readonly<Record<string, string>> = {},
): Promise<Watched> {
  const child = start(project.root, ['run', 'small', '--ui', 'json'], env)
  const events: RunEvent[] = []
  let rest = ''
  let stderr = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const event = JSON.parse(line) as RunEvent
      events.push(event)
      look(event, child)
    }
  })
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, events, stderr })))
}

/** Does something at the first event that fits. */
function once(
  fits: (event: RunEvent) => boolean,
  act: (child: Child) => void,
): (event: RunEvent, child: Child) => void {
  let done = false
  return (event, child) => {
    if (done || !fits(event)) return
    done = true
    act(child)
  }
}

/** Errors of a run, of its stages too: `E403 data/a.png cannot read the file: ENOENT`. */
const errorsOf = ({ events }: Watched): string[] =>
  events.flatMap((event) => {
    const found = event.type === 'diagnostic' || event.type === 'stage.end' ? event.diagnostic : undefined
    if (found?.severity !== 'error') return []
    return [[found.code, found.at?.file, found.message].filter((part) => part !== undefined).join(' ')]
  })

const isDecoding = (event: RunEvent): boolean => event.type === 'plan.progress' && event.what === 'decoding'
const isExtracting = (event: RunEvent): boolean => event.type === 'stage.start' && event.stage === 'extract'

test('two runs of one spec at once both pass, with the outputs of one', async () => {
  const runs = await Promise.all([watch(), watch()])
  expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(Array(2).fill([0, '']))
  const together = await contents(at('outputs'))
  rmSync(at('.pipeline'), { recursive: true })
  rmSync(at('outputs'), { recursive: true })
  expect((await watch()).code).toBe(0)
  expect(await contents(at('outputs'))).toEqual(together)
})

describe('images that go or change during a run', () => {
  const spoil = {
    'are gone': () => rmSync(at('data'), { recursive: true }),
    change: () => {
      for (let part = 0; part < 6; part++) appendFileSync(at(`data/train/ok/zoom_0_00000${part}.png`), 'x')
    },
  }
  // A step may be over before the images are spoilt; then the first stage notices.
  test.each([
    ['are gone', 'while they are computed with', isExtracting, [1], /^E403 data\/\S+ cannot read the file: ENOENT$/],
    ['change', 'while they are decoded', isDecoding, [1, 2], /^E212 data\/train\S+ the file changed while the run/],
  ] as const)('%s %s: the file is named, and put back it is as good as before', async (what, _, when, codes, error) => {
    cpSync(at('data'), at('kept'), { recursive: true, preserveTimestamps: true })
    const spoilt = await watch(once(when, spoil[what]))
    expect(errorsOf(spoilt)).toEqual([expect.stringMatching(error)])
    expect(codes).toContain(spoilt.code)
    expect(spoilt.stderr).toBe('')
    rmSync(at('data'), { recursive: true, force: true })
    cpSync(at('kept'), at('data'), { recursive: true, preserveTimestamps: true })
    const again = await watch()
    expect(errorsOf(again)).toEqual([])
    expect(again.code).toBe(0)
  })
})

test('Ctrl-C while images are decoded ends the run with 130; the next one goes on', async () => {
  const stopped = await watch(once(isDecoding, (child) => child.kill('SIGINT')))
  expect(stopped).toMatchObject({ code: 130, stderr: '' })
  expect(stopped.events.at(-1)).toMatchObject({ type: 'run.end', exit: 130, result: 'interrupted' })
  expect((await watch()).code).toBe(0)
})

/** Whether this system lets us make a disk of our own. */
const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

describe.skipIf(!canMount)('a disk that gets full (needs the right to mount one)', () => {
  let env: Record<string, string>
  beforeEach(async () => {
    await mkdir(at('disk'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', at('disk')])
    env = { PIPELINE_CACHE_DIR: at('disk/cache') }
  })
  afterEach(() => execFileSync('umount', ['--lazy', at('disk')]))

  function fill(): void {
    const file = openSync(at('disk/filler'), 'a')
    const block = Buffer.alloc(4096)
    try {
      for (;;) writeSync(file, block)
    } catch {
      closeSync(file)
    }
  }

  test.each([
    ['before the run', undefined, []],
    ['while images are computed', 'extract', []],
    ['between two stages', 'pca', ['extract', 'sample']],
  ])('%s: E501, exit 5, what ended is kept; with room again the same command completes', async (_, stage, kept) => {
    if (stage === undefined) {
      await mkdir(at('disk/cache'))
      fill()
    }
    const isTime = (event: RunEvent): boolean => event.type === 'stage.start' && event.stage === stage
    const full = await watch(once(isTime, fill), env)
    expect(full).toMatchObject({ code: 5, signal: null, stderr: '' })
    expect(errorsOf(full).map((error) => error.split(' ')[0])).toEqual(['E501'])
    expect(full.events.at(-1)).toMatchObject({ type: 'run.end', exit: 5 })

    rmSync(at('disk/filler'))
    const again = await watch(undefined, env)
    expect(again.code, again.stderr).toBe(0)
    const reused = again.events.flatMap((event) =>
      event.type === 'stage.end' && event.state === 'cached' ? [event.stage] : [],
    )
    expect(reused).toEqual(kept)
  })

  test('with a cache on it too small for the run: E505 before the first stage', async () => {
    await writeFile(at('disk/other'), Buffer.alloc(21_000_000))
    const small = await watch(undefined, env)
    expect(small).toMatchObject({ code: 5, stderr: '' })
    expect(errorsOf(small)).toEqual([expect.stringMatching(/^E505 this run adds about /)])
    expect(small.events.some(({ type }) => type === 'stage.start')).toBe(false)
  })
})
