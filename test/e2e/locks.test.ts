import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeProject, type Project, start } from '../rig/project.ts'

let project: Project
/** Each run of the command adds a line here; it ends once there is a file `go`. */
let count: string
beforeEach(async () => {
  project = await makeProject()
  count = join(project.root, 'count')
  const run = `echo run >> ${count}; until test -e ${join(project.root, 'go')}; do sleep 0.05; done; echo made > out`
  await project.write(
    'pipelines/slow.yaml',
    `version: 1
name: slow
stages:
  slow: { uses: command/shell, with: { run: ${JSON.stringify(run)}, outputs: [out] } }
`,
  )
})
afterEach(() => project.dispose())

const go = (): void => writeFileSync(join(project.root, 'go'), '')

/** A run in another process, up to the moment at which its output holds `text`. */
async function until(
  text: string,
  ...args: string[]
): Promise<{ child: ReturnType<typeof start>; output: () => string }> {
  const child = start(project.root, ['run', 'slow', ...args])
  let output = ''
  await new Promise<void>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk
        if (output.includes(text)) resolve()
      })
  })
  return { child, output: () => output }
}

test('two runs at once share a stage: the second waits for the first and takes its result', async () => {
  const first = await until('stage.start', '--ui', 'json')
  const second = await until('waiting for slow', '--ui', 'plain')
  go()
  const codes = await Promise.all(
    [first, second].map(async ({ child }) => ((await once(child, 'exit')) as [number])[0]),
  )
  expect(codes).toEqual([0, 0])
  expect(readFileSync(count, 'utf8')).toBe('run\n')
  expect(second.output()).toMatch(
    new RegExp(
      `^waiting for slow: run [0-9a-f]{4} \\(pid ${first.child.pid}, \\d+\\.\\ds\\) computes the same key$`,
      'm',
    ),
  )
  expect(second.output()).toMatch(/ {2}slow {2}cached/)
})

test('with --no-wait the second one ends with E402 and exit code 4', async () => {
  const first = await until('stage.start', '--ui', 'json')
  const second = await project.pipeline('run', 'slow', '--no-wait')
  expect(second.code).toBe(4)
  expect(second.stderr).toMatch(/E402 slow is being computed by run [0-9a-f]{4} \(pid \d+, /)
  go()
  await once(first.child, 'exit')
})

test('where the first is killed, the second computes', async () => {
  const first = await until('stage.start', '--ui', 'json')
  const second = await until('waiting for slow', '--ui', 'plain')
  first.child.kill('SIGKILL')
  go()
  const [code] = (await once(second.child, 'exit')) as [number]
  expect(code).toBe(0)
  expect(second.output()).toMatch(/ {2}slow {2}done/)
  expect(readFileSync(count, 'utf8')).toBe('run\nrun\n')
})
