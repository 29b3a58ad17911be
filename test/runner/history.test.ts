import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import type { EventBody, RunEvent } from '../../runner/events.ts'
import { findRun, listRuns, readRun } from '../../runner/history/find-run.ts'
import { isRunning } from '../../runner/history/is-running.ts'
import { summarize } from '../../runner/history/summarize.ts'
import { parseWhere } from '../../runner/history/where.ts'
import { runText } from '../../ui/run-text.ts'
import { RunRecord } from '../../runner/record.ts'

let runs: string
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'flawline-runs-'))
})
afterEach(() => {
  rmSync(runs, { recursive: true })
})

/** A pid that no process has: above the largest of any Linux. */
const NOBODY = 2 ** 22 + 1

const startAt = (time: string, pid = NOBODY): EventBody => ({
  type: 'run.start',
  time,
  spec: { path: 'pipelines/a.yaml' },
  argv: ['run', 'a'],
  pid,
  versions: { flawline: '0.1.0' },
})
const planOf = (...names: string[]): EventBody => ({
  type: 'run.plan',
  digest: 'd1',
  name: 'a',
  overrides: ['sample.grid=8'],
  protocol: 'standard',
  seed: 7,
  engine: 'onnx-cpu',
  cores: 2,
  jobs: 2,
  resources: {},
  git: null,
  stages: names.map((stage) => ({
    stage,
    address: stage,
    variant: {},
    kind: `${stage}/kind`,
    needs: [],
    plan: 'run',
    reasons: [],
    list: false,
  })),
  variants: 1,
  bill: { run: names.length, maybe: 0, reused: 0, estMs: 0, estBytes: 0, freeBytes: 0 },
})
const started = (stage: string): EventBody => ({
  type: 'stage.start',
  stage,
  variant: {},
  key: 'ab',
  kind: `${stage}/kind`,
  kindVersion: 1,
  attempt: 1,
  reasons: [{ type: 'no-previous-run' }],
  items: { total: 3, stale: 3 },
  log: `.pipeline/runs/1/logs/${stage}.log`,
})
const ended = (stage: string): EventBody => ({
  type: 'stage.end',
  stage,
  variant: {},
  key: 'ab',
  state: 'done',
  wallMs: 12.4,
  cpuMs: 20.6,
  rssBytes: 5,
  bytes: 6,
  savedMs: 0,
})

/** Writes the events of a run, and whatever follows the last whole line. */
function writeRun(run: string, bodies: readonly EventBody[], rest = ''): void {
  mkdirSync(join(runs, run))
  const lines = bodies.map((body, seq): RunEvent => ({ v: 1, seq, t: seq * 10, run, ...body }))
  writeFileSync(join(runs, run, 'events.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join('') + rest)
}

const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Failure) return `${error.diagnostic.code} ${error.message}`
    throw error
  }
  return 'none'
}

describe('a run is found', () => {
  beforeEach(() => {
    writeRun('7f3c', [startAt('2026-11-23T10:00:00.000Z')])
    writeRun('7f3d', [startAt('2026-11-23T12:00:00.000Z')])
    writeRun('2a90b', [startAt('2026-11-23T11:00:00.000Z')])
    writeRun('2a90c', [startAt('2026-11-23T09:00:00.000Z')])
    mkdirSync(join(runs, 'ffff')) // killed before its first event
  })

  test('by how long ago it was, or by a prefix of at least four digits', () => {
    expect(listRuns(runs).map(({ run }) => run)).toEqual(['7f3d', '2a90b', '7f3c', '2a90c'])
    expect(['last', 'last~1', 'last~3', '7f3c', '2a90b'].map((text) => findRun(runs, text).run)).toEqual([
      '7f3d',
      '2a90b',
      '2a90c',
      '7f3c',
      '2a90b',
    ])
  })

  test.each([
    ['7f3', 'E006 "7f3" names no run'],
    ['2a90', 'E006 2a90 fits several runs'],
    ['beef', 'E006 no run beef'],
    ['last~4', 'E006 there are only 4 runs'],
    ['../7f3c', 'E006 "../7f3c" names no run'],
  ])('%s is E006', (text, message) => {
    expect(codeOf(() => findRun(runs, text))).toBe(message)
  })

  test('E006 says so where nothing ran yet', () => {
    expect(codeOf(() => findRun(join(runs, 'none'), 'last'))).toBe('E006 there is no run yet')
  })
})

describe('a run without a record', () => {
  test('was killed: what its events tell is known, a half line is not', () => {
    const events = [startAt('2026-11-23T10:00:00.000Z'), planOf('extract', 'train', 'score')]
    writeRun('7f3c', [...events, started('extract'), ended('extract'), started('train')], '{"v":1,"seq":9,"ty')
    const run = readRun(runs, '7f3c')
    expect([run.result, run.exit, run.spec.name, run.seed]).toEqual(['killed', null, 'a', 7])
    expect(run.stages.map(({ address, state, wallMs }) => [address, state, wallMs])).toEqual([
      ['extract', 'done', 12],
      ['train', 'interrupted', 0],
      ['score', 'waiting', 0],
    ])
    expect(summarize(run)).toMatchObject({ run: '7f3c', spec: 'a', ok: 1, failed: 0, wallMs: 40, gate: null })
  })

  test('is running while its own process lives', () => {
    writeRun('7f3c', [startAt(new Date().toISOString(), process.pid)])
    expect(readRun(runs, '7f3c').result).toBe('running')
  })

  test('is not running where another process has got its number since', () => {
    expect(isRunning({ pid: process.pid, started: '2020-01-01T00:00:00.000Z' })).toBe(false)
  })

  test('is told in one line where it is of another format', () => {
    writeRun('7f3c', [startAt('2026-11-23T10:00:00.000Z')])
    writeFileSync(join(runs, '7f3c/record.json'), JSON.stringify({ v: 2, run: '7f3c', stages: {} }))
    expect(codeOf(() => readRun(runs, '7f3c'))).toBe('E107 run 7f3c was recorded in format 2, this program reads 1')
  })

  test('or has one that is no record: its events tell what they know', () => {
    const events = [startAt('2026-11-23T10:00:00.000Z'), planOf('extract'), started('extract'), ended('extract')]
    for (const text of ['null', '[]', '7', '{"v":1,"stages":{}}', '{"v":1', JSON.stringify({ v: 1, run: '7f3c' })]) {
      rmSync(join(runs, '7f3c'), { recursive: true, force: true })
      writeRun('7f3c', events, 'null\n7\n{"v":1}\n')
      writeFileSync(join(runs, '7f3c/record.json'), text)
      expect(readRun(runs, '7f3c').stages).toMatchObject([{ address: 'extract', state: 'done' }])
    }
  })

  test('is E006 where it has no events either', () => {
    expect(codeOf(() => readRun(runs, 'beef'))).toBe('E006 run beef has neither record nor events')
  })
})

test('a record of an earlier version, with fewer fields, is read as one that says nothing of them', () => {
  writeRun('7f3c', [startAt('2026-11-23T10:00:00.000Z')])
  const stage = { address: 'train', state: 'done', wallMs: 5 }
  const record = {
    v: 1,
    run: '7f3c',
    spec: { path: 'a' },
    started: '2026-11-23T10:00:00.000Z',
    exit: 0,
    stages: [stage],
  }
  writeFileSync(join(runs, '7f3c/record.json'), JSON.stringify(record))
  const run = readRun(runs, '7f3c')
  expect(run).toMatchObject({ comparison: [], waivers: [], gates: [], stages: [{ stage: 'train', artifacts: {} }] })
  expect(runText({ document: run, stages: run.stages, verdicts: run.verdicts }, 80)[0]).toContain('Run 7f3c')
  expect(summarize(run)).toMatchObject({ ok: 1, failed: 0 })
})

test('a record holds what the events told and what was added, and reads back the same', () => {
  const record = new RunRecord(runs)
  record.keep({ spec: { file: 'pipelines/a.yaml', resolved: { seed: 7 }, inert: {}, cells: [] } })
  for (const event of [startAt('2026-11-23T10:00:00.000Z'), planOf('train'), started('train'), ended('train')])
    record.add(event)
  record.add({ type: 'run.end', exit: 0, result: 'passed', counts: { done: 1 }, wallMs: 90, savedMs: 0, waivers: [] })
  record.keep({ stages: new Map([['train', { kindVersion: 4, sourceRun: '2a90', artifacts: {} }]]) })
  record.finish()
  const run = readRun(runs, record.id)
  expect(run).toMatchObject({
    v: 1,
    run: record.id,
    spec: { path: 'pipelines/a.yaml', file: 'pipelines/a.yaml', name: 'a', digest: 'd1', resolved: { seed: 7 } },
    result: 'passed',
    exit: 0,
    wallMs: 90,
    overrides: ['sample.grid=8'],
  })
  expect(run.stages).toMatchObject([{ address: 'train', state: 'done', kindVersion: 4, sourceRun: '2a90', cpuMs: 21 }])
})

describe('--where', () => {
  const row = { ...summarize(emptyRun()), metrics: { image_auroc: { value: 0.9 }, pixel_auroc: { value: null } } }

  test.each([
    ['image_auroc>=0.9', true],
    ['image_auroc > 0.9', false],
    ['image_auroc<1', true],
    ['image_auroc=0.9', true],
    ['pixel_auroc<1', false],
    ['image_ap<1', false],
    ['result=killed', true],
    ['result=passed', false],
  ])('%s', (text, fits) => {
    expect(parseWhere(text, ['image_auroc', 'pixel_auroc', 'image_ap'])(row)).toBe(fits)
  })

  test.each([
    ['image_aurok>0.9', 'E001 --where knows no metric image_aurok'],
    ['image_auroc', 'E001 --where cannot read "image_auroc"'],
    ['image_auroc>high', 'E001 --where needs a number after >, found "high"'],
  ])('%s is E001', (text, message) => {
    expect(codeOf(() => parseWhere(text, ['image_auroc']))).toBe(message)
  })

  function emptyRun(): ReturnType<typeof readRun> {
    const folder = mkdtempSync(join(tmpdir(), 'flawline-runs-'))
    mkdirSync(join(folder, '7f3c'))
    writeFileSync(join(folder, '7f3c', 'events.jsonl'), '')
    const run = readRun(folder, '7f3c')
    rmSync(folder, { recursive: true })
    return run
  }
})
