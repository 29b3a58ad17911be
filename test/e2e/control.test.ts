import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EventBody, RunEvent } from '../../runner/events.ts'
import { execute, makeProject, type Project } from '../rig/project.ts'

let project: Project
beforeEach(async () => {
  project = await makeProject()
})
afterEach(() => project.dispose())

/** A spec of commands, each `NAME: [what the shell runs, what else the stage says]`; each writes the file `out`. */
const commands = (stages: Readonly<Record<string, readonly [run: string, more?: string]>>): string =>
  `version: 1
name: control
stages:
${Object.entries(stages)
  .map(
    ([name, [run, more = '']]) =>
      `  ${name}: { uses: command/shell, with: { run: ${JSON.stringify(run)}, outputs: [out] }${more} }`,
  )
  .join('\n')}
`

const of = <T extends EventBody['type']>(events: readonly RunEvent[], type: T): Extract<RunEvent, { type: T }>[] =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)

const ends = (events: readonly RunEvent[]): Record<string, string> =>
  Object.fromEntries(
    of(events, 'stage.end').map(({ stage, state, cause, diagnostic }) => [
      stage,
      [state, cause, diagnostic?.code].filter((word) => word !== undefined).join(' '),
    ]),
  )

/** Whether a process runs; one that ended and was not yet asked for does not. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('retries', () => {
  test('bring a stage that fails once to its end', async () => {
    const flag = join(project.root, 'failed-once')
    const run = `test -e ${flag} || { touch ${flag}; exit 3; }; echo made > out`
    await project.write('pipelines/control.yaml', commands({ shaky: [run, ', retries: 2'] }))
    const { code, events } = await project.run('control')
    expect(code).toBe(0)
    expect(of(events, 'stage.start').map(({ attempt }) => attempt)).toEqual([1, 2])
    expect(of(events, 'stage.retry')).toMatchObject([{ attempt: 2, waitMs: 1000, diagnostic: { code: 'E601' } }])
    expect(ends(events)).toEqual({ shaky: 'done' })
  })

  test('are not spent on an output that breaks its contract', async () => {
    await project.write('pipelines/control.yaml', commands({ empty: ['true', ', retries: 2'] }))
    const { code, events } = await project.run('control')
    expect(code).toBe(1)
    expect(of(events, 'stage.start')).toHaveLength(1)
    expect(ends(events)).toEqual({ empty: 'failed E604' })
  })
})

test('a stage over its time limit is cancelled, with all it started', async () => {
  const pid = join(project.root, 'pid')
  const run = `sleep 600 & echo $! > ${pid}; wait; echo late > out`
  await project.write('pipelines/control.yaml', commands({ slow: [run, ', timeout: 1s'] }))
  const { code, events } = await project.run('control')
  expect(code).toBe(1)
  expect(of(events, 'stage.end')).toMatchObject([
    { state: 'failed', diagnostic: { code: 'E603', message: 'no end after 1.0s, the time limit of slow' } },
  ])
  expect(isRunning(Number(readFileSync(pid, 'utf8')))).toBe(false)
})

describe('after a failure', () => {
  /** `long` runs when `bad` fails; `late` waits for a place; `after` needs what fails. */
  const spec = (root: string): string => {
    const started = join(root, 'started')
    return commands({
      long: [`touch ${started}; sleep 2; echo made > out`],
      bad: [`until test -e ${started}; do sleep 0.05; done; exit 1`],
      late: ['echo made > out', ''],
      after: ['echo made > out', ', needs: [bad]'],
    })
  }

  test.each([
    ['stop', 'done', 'skipped stopped'],
    ['continue', 'done', 'done'],
    ['kill', 'skipped stopped', 'skipped stopped'],
  ])('with %s, what runs is %s and what waits is %s', async (policy, long, late) => {
    await project.write('pipelines/control.yaml', spec(project.root))
    const { code, events } = await project.run('control', '-j', '2', '--on-failure', policy)
    expect(code).toBe(1)
    expect(ends(events)).toEqual({ long, bad: 'failed E601', late, after: 'skipped need-failed' })
  })
})

describe('named resources', () => {
  test('lend each stage a device of its own, and bound how many run', async () => {
    const run = 'echo $CUDA_VISIBLE_DEVICES > out; cat out'
    const more = ', resources: { gpu: 1, io: 1 }'
    await project.write(
      'pipelines/control.yaml',
      commands({
        a: [run, more],
        b: [`${run}; sleep 0.5`, more],
        c: ['echo "[$CUDA_VISIBLE_DEVICES]" > out; cat out'],
      }),
    )
    const { code, events } = await project.run('control', '--resources', 'gpu=3,5', '--resources', 'io=1', '-j', '3')
    expect(code).toBe(0)
    const devices = new Map(of(events, 'stage.start').map(({ stage, device }) => [stage, device]))
    const logs = new Map(of(events, 'stage.log').map(({ stage, text }) => [stage, text]))
    expect(['3', '5']).toContain(devices.get('a'))
    expect([logs.get('a'), logs.get('b'), logs.get('c')]).toEqual([devices.get('a'), devices.get('b'), '[]'])
    const order = events.flatMap(({ type, ...event }) =>
      (type === 'stage.start' || type === 'stage.end') && 'stage' in event && event.stage !== 'c' ? [type] : [],
    )
    expect(order).toEqual(['stage.start', 'stage.end', 'stage.start', 'stage.end']) // io=1: one after the other
  })

  test('give stages side by side a device each, none to a stage that asked for none, and the same to a task by hand', async () => {
    const meet = (own: string, other: string): string =>
      `echo $CUDA_VISIBLE_DEVICES > out; touch ${project.root}/${own}; until test -e ${project.root}/${other}; do sleep 0.02; done`
    await project.write(
      'pipelines/control.yaml',
      `${commands({
        a: [meet('met-a', 'met-b'), ', resources: { gpu: 1 }, timeout: 1m'],
        b: [meet('met-b', 'met-a'), ', resources: { gpu: 1 }, timeout: 1m'],
        none: ['env | grep CUDA > out'],
      })}outputs: outputs\n`,
    )
    const { code } = await project.run('control', '--resources', 'gpu=0,1', '-j', '2')
    expect(code).toBe(0)
    const out = (stage: string): string => readFileSync(join(project.root, 'outputs/files', stage, 'out'), 'utf8')
    expect([out('a'), out('b')].sort()).toEqual(['0\n', '1\n'])
    expect(out('none')).toBe('CUDA_VISIBLE_DEVICES=\n')

    const { stdout: task } = await project.pipeline('show', 'last', '--task', 'a')
    expect((JSON.parse(task) as { task: { devices: string[] } }).task.devices).toEqual([out('a').trim()])
    await project.write('task.json', task)
    expect((await project.pipeline('exec', 'task.json')).stdout).toContain('same bytes as in the cache')
    const own = await execute(project.root, ['exec', 'task.json'], { CUDA_VISIBLE_DEVICES: '7' })
    expect(own.stdout).toContain('OTHER bytes than in the cache')
  })

  test('that a stage can never get are told before the run', async () => {
    await project.write('pipelines/control.yaml', commands({ big: ['true', ', resources: { gpu: 2, io: 5 }'] }))
    const { code, stderr } = await project.pipeline('run', 'control', '--resources', 'gpu=0')
    expect(code).toBe(2)
    expect(stderr).toContain('pipelines/control.yaml:4:16 error E106 big asks for gpu 2, and there is 1')
    expect(stderr).not.toContain('io 5')
  })

  test('are told in words where they cannot be read', async () => {
    await project.write('pipelines/control.yaml', commands({ a: ['echo > out'] }))
    const { code, stderr } = await project.pipeline('run', 'control', '--resources', 'gpu=0,0')
    expect(code).toBe(2)
    expect(stderr).toContain('E001 --resources does not take "gpu=0,0"')
  })
})

test('equal work under two names is done once', async () => {
  const count = join(project.root, 'count')
  const run = `echo run >> ${count}; sleep 0.3; echo made > out`
  await project.write('pipelines/control.yaml', commands({ one: [run], two: [run] }))
  const { events } = await project.run('control', '-j', '2')
  expect(Object.values(ends(events)).sort()).toEqual(['cached', 'done'])
  expect(readFileSync(count, 'utf8')).toBe('run\n')
})

test('with -v a reused stage tells the log of the run that made it', async () => {
  await project.write('pipelines/control.yaml', commands({ a: ['echo hello; echo made > out'] }))
  await project.run('control')
  const again = await project.pipeline('run', 'control', '-v')
  expect(again.stderr).toMatch(/a {2}fresh\n {7}\| hello\n/)
  const quiet = await project.pipeline('run', 'control')
  expect(quiet.stderr).not.toContain('hello')
})
