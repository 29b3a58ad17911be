import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../runner/events.ts'
import { makeProject, type Project, start } from '../rig/project.ts'

/** Training that does not end by itself, beside a stage that needs no host. */
const spec = (train = ''): string => `version: 1
name: parts
seed: 11
stages:
  acquire: { uses: acquire/synthetic, with: { train: 4, test_good: 1, test_defective: 1, poses: 1, size: 64 } }
  split:   { uses: split/by-part, needs: [acquire], with: { held_out: 0.25 } }
  extract: { uses: extract/mobilenet-v2, needs: [split], with: { size: 64 } }
  sample:  { uses: sample/cells, needs: [extract], with: { grid: 8, per_image: 20 } }
  train:   { uses: train/dfr, needs: [sample], with: { latent: 16, epochs: 100000, batch: 64 }${train} }
  pca:     { uses: pca/streaming, needs: [sample] }
`

let project: Project
beforeEach(async () => {
  project = await makeProject()
  await project.write('pipelines/parts.yaml', spec())
})
afterEach(() => project.dispose())

/** The task host of a run: its child that runs `host/main.js`. */
function hostOf(parent: number): number {
  const found = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && readText(`/proc/${pid}/cmdline`).includes('host/main.js'))
    .find((pid) => readText(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1] === String(parent))
  if (found === undefined) throw new Error('no task host')
  return found
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/\) [ZX] /.test(readText(`/proc/${pid}/stat`))

/** Resolves when a process is gone; the test's own limit says when that takes too long. */
async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
}

interface Training {
  readonly child: ReturnType<typeof start>
  readonly host: number
  readonly events: RunEvent[]
}

/** A run in the midst of training. */
async function training(...args: string[]): Promise<Training> {
  const child = start(project.root, ['run', 'parts', '--ui', 'json', ...args])
  const events: RunEvent[] = []
  await new Promise<void>((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const event = JSON.parse(line) as RunEvent
      events.push(event)
      if (event.type === 'stage.metric') resolve()
    })
  })
  return { child, host: hostOf(child.pid!), events }
}

const endOf = (events: readonly RunEvent[], name: string) =>
  events.find((event) => event.type === 'stage.end' && event.stage === name) as Extract<RunEvent, { type: 'stage.end' }>

describe.skipIf(!existsSync('/proc/self/stat'))('a task host', () => {
  test.each([
    ['SIGSEGV', 'E605', /^the task host ended by SIGSEGV$/],
    ['SIGKILL', 'E602', /^the task host was killed, with \d+ MB at most \(out of memory\?\)$/],
  ] as const)('that is ended by %s fails its stage alone', async (signal, code, message) => {
    const { child, host, events } = await training('-k')
    process.kill(host, signal)
    const [exit] = (await once(child, 'close')) as [number]
    expect(exit).toBe(1)
    const { state, diagnostic, rssBytes } = endOf(events, 'train')
    expect([state, diagnostic?.code]).toEqual(['failed', code])
    expect(diagnostic?.message).toMatch(message)
    expect(rssBytes).toBeGreaterThan(50e6)
    expect(endOf(events, 'pca').state).toBe('done')
    expect(readFileSync(join(project.root, logOf(events, 'train')), 'utf8')).toMatch(/60 cells .*\n\S+ error E60/s)
  })

  test('that grows beyond what its stage may use is killed, and the rest goes on', async () => {
    await project.write('pipelines/parts.yaml', spec(', resources: { mem: 40M }').replace('100000', '50000'))
    const { code, events } = await project.run('parts', '-k')
    expect(code).toBe(1)
    const { diagnostic } = endOf(events, 'train')
    expect(diagnostic?.code).toBe('E602')
    expect(diagnostic?.message).toMatch(
      /^the task host used \d+ MB of memory, more than the 40.0 MB it may, and was killed$/,
    )
    expect(endOf(events, 'pca').state).toBe('done')
  })

  test('ends with its parent', async () => {
    const { child, host } = await training()
    child.kill('SIGKILL')
    await gone(host)
  })

  test('ends with its parent also while native code holds its event loop', async () => {
    // The parent starts a host whose main thread stops for good, as one long native call would.
    const main = resolve(import.meta.dirname, '../../dist/runner/host/main.js')
    const wait =
      "process.once('message', () => { process.send('blocked'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) })"
    const block = `data:text/javascript,${encodeURIComponent(wait)}`
    const script = `
      const host = require('node:child_process').fork(${JSON.stringify(main)}, [String(process.pid)], {
        execArgv: ['--import', ${JSON.stringify(block)}], stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'] })
      host.stdio[4].once('data', () => host.send('block')).resume() // the first sign of life: the watch is there
      host.on('message', (message) => { if (message === 'blocked') console.log(host.pid) })`
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [text] = (await once(parent.stdout, 'data')) as [Buffer]
    const host = Number(text.toString())
    expect(isRunning(host)).toBe(true)
    parent.kill('SIGKILL')
    await gone(host)
  })
})

function logOf(events: readonly RunEvent[], name: string): string {
  const started = events.find((event) => event.type === 'stage.start' && event.stage === name)
  return (started as Extract<RunEvent, { type: 'stage.start' }>).log
}
