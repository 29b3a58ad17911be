import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { closeAfterFirstBytes, makeProject, PIPELINE, runPipelineCommand, SYNTHETIC_SPEC } from './pipeline-process.ts'

const BROKEN = `version: 1
name: broken
stages:
  acquire: { uses: acquire/synthetc }
`

describe('the built command', () => {
  test('alone shows the commands and the specs there are', () => {
    const { exit, stdout, stderr } = runPipelineCommand(makeProject({ small: SYNTHETIC_SPEC }), [])
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain('\nSpecs here: small\nStart with: pipeline plan small\n')
  })

  test('usage errors: exit 2, on stderr alone', () => {
    expect(runPipelineCommand(makeProject({ small: SYNTHETIC_SPEC }), ['run'])).toEqual({
      exit: 2,
      stdout: '',
      stderr: 'error E001 which spec?\n  help  specs here: small\n',
    })
  })

  test('check finds what is wrong: exit 2; a sound spec is one line on stdout', () => {
    const project = makeProject({ small: SYNTHETIC_SPEC, broken: BROKEN })
    const broken = runPipelineCommand(project, ['check', 'broken'])
    expect([broken.exit, broken.stdout]).toEqual([2, ''])
    expect(broken.stderr).toContain('pipelines/broken.yaml:4:20 error E112 unknown stage kind "acquire/synthetc"\n')
    expect(runPipelineCommand(project, ['check', 'small'])).toEqual({
      exit: 0,
      stdout: 'ok  pipelines/small.yaml  3 stages, 12 images, 2 masks\n',
      stderr: '',
    })
  })

  test('plan, run, and run again: table on stdout, a run on stderr, nothing to do', () => {
    const project = makeProject({ small: SYNTHETIC_SPEC })
    const plan = runPipelineCommand(project, ['plan', 'small', '--exit-code'])
    expect([plan.exit, plan.stderr]).toEqual([1, ''])
    expect(plan.stdout.split('\n')[3]).toMatch(/^\* extract +1 {2}run +12 /)
    const json = JSON.parse(runPipelineCommand(project, ['plan', 'small', '--json']).stdout) as Record<string, unknown>
    expect(json).toMatchObject({ v: 1, kind: 'plan', name: 'small', bill: { run: 1, maybe: 0 } })

    const first = runPipelineCommand(project, ['run', 'small'])
    expect([first.exit, first.stdout]).toEqual([0, ''])
    expect(first.stderr.split('\n')[0]).toMatch(/^small {2}pipelines\/small\.yaml {2}run [0-9a-f]{4}$/)
    expect(first.stderr).toMatch(/\n *\d:\d\d {2}extract {2}done {5}12 images {2}[\d.]+s\n/)

    const again = runPipelineCommand(project, ['run', 'small'])
    expect(again.exit).toBe(0)
    expect(again.stderr.split('\n')[2]).toMatch(/^Up to date: 3 stages fresh \([\d.]+s\), results of run [0-9a-f]{4}$/)
    expect(runPipelineCommand(project, ['plan', 'small', '--exit-code']).exit).toBe(0)
    expect(runPipelineCommand(project, ['run', 'small', '-q'])).toEqual({ exit: 0, stdout: '', stderr: '' })
  }, 60_000)

  test('--ui json: every line an event, numbered without gaps, run.start first and run.end last', () => {
    const { exit, stdout, stderr } = runPipelineCommand(makeProject({ small: SYNTHETIC_SPEC }), [
      'run',
      'small',
      '--until',
      'split',
      '--ui',
      'json',
    ])
    expect([exit, stderr]).toEqual([0, ''])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; type: string })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i))
    expect([events[0].type, events.at(-1)?.type]).toEqual(['run.start', 'run.end'])
  }, 60_000)

  test('a reader that goes away ends the command with 141, silently', async () => {
    expect(await closeAfterFirstBytes(makeProject({ small: SYNTHETIC_SPEC }), ['stages', '--md'])).toEqual({
      exit: 141,
      stderr: '',
    })
  })

  test.skipIf(!existsSync('/dev/full'))('a full disk under stdout is E501, and ends the command with 5', () => {
    const cwd = makeProject({ small: SYNTHETIC_SPEC })
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', '"$0" "$1" plan small > /dev/full', process.execPath, PIPELINE],
      {
        cwd,
        encoding: 'utf8',
      },
    )
    expect([status, stderr]).toEqual([5, 'error E501 cannot write to stdout: ENOSPC\n'])
  })

  test('a working folder that is gone is E403', () => {
    const gone = join(makeProject({ small: SYNTHETIC_SPEC }), 'gone')
    mkdirSync(gone)
    const script = 'cd "$2" && rmdir "$2" && "$0" "$1" plan small'
    const { status, stderr } = spawnSync('/bin/sh', ['-c', script, process.execPath, PIPELINE, gone], {
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([
      4,
      'error E403 the working folder is gone\n  help  change to a folder that is there\n',
    ])
  })

  test('options that exclude each other are E005', () => {
    const { exit, stderr } = runPipelineCommand(makeProject({ small: SYNTHETIC_SPEC }), [
      'run',
      'small',
      '--json',
      '--ui',
      'json',
    ])
    expect([exit, stderr]).toEqual([2, 'error E005 --json and --ui json exclude each other\n'])
  })

  test('-C works as if started elsewhere', () => {
    const project = makeProject({ small: SYNTHETIC_SPEC })
    expect(runPipelineCommand('/', ['check', 'small', '-C', project]).stdout).toBe(
      'ok  pipelines/small.yaml  3 stages, 12 images, 2 masks\n',
    )
  })

  test('doctor measures the engine in a child and finds a local disk', () => {
    const { exit, stdout } = runPipelineCommand(makeProject({ small: SYNTHETIC_SPEC }), ['doctor', '--spec', 'small'])
    expect(stdout).toMatch(/^✓ ok {6}node {6}\d+/)
    expect(stdout).toMatch(/\n✓ ok {6}engine {4}onnx-cpu {2}\d+ GFLOP\/s on \d+ threads?, default\n/)
    expect(stdout).toContain('\n✓ ok      weights   all that small needs are here\n')
    expect(exit).toBe(0)
  }, 60_000)

  test('a bug of ours is E901: exit 70, and says where the trace lies', () => {
    const project = makeProject({ small: SYNTHETIC_SPEC })
    writeFileSync(join(project, 'bug.mjs'), 'process.stdout.write = () => { throw new TypeError("boom") }')
    const { exit, stderr } = runPipelineCommand(project, ['stages'], { NODE_OPTIONS: '--import=./bug.mjs' })
    expect(exit).toBe(70)
    expect(stderr).toMatch(
      /^error E901 internal error: boom\n {2}help {2}this is a bug in flawline; the trace lies in \.pipeline\/traces\/.*\.txt\n$/,
    )
    const [trace] = readdirSync(join(project, '.pipeline/traces'))
    expect(readFileSync(join(project, '.pipeline/traces', trace), 'utf8')).toContain('TypeError: boom')
  })
})
