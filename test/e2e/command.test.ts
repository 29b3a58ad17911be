import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contents, makeProject, type Project, start, writeParts } from '../rig/project.ts'

let project: Project
beforeEach(async () => {
  project = await makeProject()
})
afterEach(() => project.dispose())

const spec = (stages: string): Promise<void> =>
  project.write('pipelines/c.yaml', `version: 1\nname: c\nseed: 7\noutputs: outputs\nstages:\n${stages}`)
const output = (path: string): Promise<string> => readFile(join(project.root, 'outputs/files', path), 'utf8')

describe('a command', () => {
  test('that fails says how, and the others go on', async () => {
    await spec(`
  exits:   { uses: command/shell, with: { run: "echo one; echo two >&2; exit 3", outputs: [x] } }
  missing: { uses: command/shell, with: { run: "echo > y", outputs: [x, "*.z"] } }
  unknown: { uses: command/shell, with: { run: [no-such-program], outputs: [x] } }
  killed:  { uses: command/shell, with: { run: "kill -9 $$", outputs: [x] } }
  leads:   { uses: command/shell, with: { run: "ln -s /etc/passwd x", outputs: [x] } }
  input:   { uses: command/shell, with: { run: "echo more >> a.txt", files: [a.txt], outputs: [a.txt] } }
  first:   { uses: command/shell, with: { run: "false; echo > x", outputs: [x] } }
  good:    { uses: command/shell, with: { run: "ln -s y x; echo good > y; (sleep 60 &)", outputs: [x] } }
`)
    await project.write('a.txt', 'a\n')
    const { code, events, states } = await project.run('c', '-k')
    expect(code).toBe(1)
    const told = Object.fromEntries(
      events.flatMap((event) =>
        event.type === 'stage.end' && event.diagnostic !== undefined
          ? [[event.stage, `${event.diagnostic.code} ${event.diagnostic.message}`]]
          : [],
      ),
    )
    expect(told).toEqual({
      exits: 'E601 the command ended with exit code 3',
      missing: 'E604 the command did not write x',
      unknown: 'E601 no-such-program ended with exit code 127',
      killed: 'E602 the command was killed by SIGKILL (out of memory?)',
      leads: 'E604 the output x is a symlink that leads out of its folder',
      input: 'E604 the output a.txt is a file of the project, which is an input',
      first: 'E601 the command ended with exit code 1',
    })
    expect(states.good).toBe('done')
    expect(await output('good/x')).toBe('good\n')
    const said = events.flatMap((event) => (event.type === 'stage.log' && event.stage === 'exits' ? [event.text] : []))
    expect(said.sort()).toEqual(['one', 'two'])
    expect(await readFile(join(project.root, 'a.txt'), 'utf8')).toBe('a\n')
    expect(await leftInStaging()).toEqual([])
  })

  test('is measured with what it starts, and killed where it holds more memory than it may', async () => {
    const spin = 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done'
    const hold = 'head -c 120000000 /dev/zero | tail -c 120000000 > x; sleep 1' // tail keeps it all
    await spec(`
  spin:  { uses: command/shell, with: { run: "${spin}; (${spin}); echo > x", outputs: [x] } }
  hold:  { uses: command/shell, with: { run: "${hold}", outputs: [x] } }
  large: { uses: command/shell, with: { run: "${hold}; sleep 60", outputs: [x] }, resources: { mem: 50M } }
`)
    const { code, events } = await project.run('c', '-k', '-j', '1')
    expect(code).toBe(1)
    const ends = new Map(events.flatMap((event) => (event.type === 'stage.end' ? [[event.stage, event]] : [])))
    expect(ends.get('spin')!.cpuMs).toBeGreaterThan(100)
    expect(ends.get('hold')!.rssBytes).toBeGreaterThan(100e6)
    expect(ends.get('large')!.diagnostic).toMatchObject({
      code: 'E602',
      message: expect.stringMatching(
        /^the command used [\d.]+ MB of memory, more than the 50.0 MB it may, and was killed$/,
      ) as unknown,
    })
    const { stdout } = await project.pipeline('show')
    expect(stdout).toMatch(/^Used spin \S+s \S+ [kM]B {2}hold \S+s \d+ MB {2}large /m)
  })

  test('sees a clean environment, and a secret it is passed is nowhere to be read', async () => {
    await spec(`
  env: { uses: command/shell, with: { run: "env > env.txt", outputs: [env.txt], seed: true, env: { N: 1, TEXT: "it's" }, pass_env: [SECRET, UNSET] } }
`)
    const run = async (secret: string): Promise<string> => {
      const child = start(project.root, ['run', 'c', '--ui', 'json'], { SECRET: secret, OTHER: 'x' })
      let stdout = ''
      child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      await new Promise((done) => child.on('close', done))
      return /"type":"stage.end".*?"state":"([a-z-]+)"/.exec(stdout)![1]
    }
    expect(await run('sesame-1')).toBe('done')
    const variables = (await output('env/env.txt')).split('\n').filter((line) => !/^(_|PWD|SHLVL|OLDPWD)=/.test(line))
    expect(variables.map((line) => line.replace(/^(PATH|HOME|TMPDIR|PIPELINE_THREADS)=.*/, '$1')).sort()).toEqual([
      '',
      'CUDA_VISIBLE_DEVICES=',
      'HOME',
      'LANG=C.UTF-8',
      'N=1',
      'PATH',
      'PIPELINE_SEED=7',
      'PIPELINE_THREADS',
      'SECRET=sesame-1',
      "TEXT=it's",
      'TMPDIR',
    ])
    for (const text of (await contents(join(project.root, '.pipeline/runs'))).values())
      expect(Buffer.from(text, 'base64').includes('sesame-1')).toBe(false)
    expect(await run('sesame-1')).toBe('fresh')
    expect(await run('sesame-2')).toBe('done')
  })

  test('that prints without end is heard at its beginning and its end', async () => {
    await spec(`
  chatty: { uses: command/shell, with: { run: "seq 200000; sleep 0.2; echo last words >&2; exit 3", outputs: [x] } }
`)
    const { events } = await project.run('c')
    const said = events.flatMap((event) => (event.type === 'stage.log' ? [event.text] : []))
    expect(said.slice(0, 2)).toEqual(['1', '2'])
    expect(said.filter((text) => text.includes('left out'))).toEqual(['(149,801 lines left out here, 849 kB)'])
    expect(said.slice(-2).sort()).toEqual(['200000', 'last words'])
    expect(said.length).toBe(50_000 + 1 + 200)
  })

  test('may leave what is hard to remove, in whatever mode; an output that it may not read is its failure', async () => {
    const long = `$(printf 'dddddddddddddddddddd/%.0s' $(seq 194))`
    await spec(`
  deep:   { uses: command/shell, with: { run: "mkdir -p ${long}; echo > x", outputs: [x] } }
  locked: { uses: command/shell, with: { run: "mkdir -p d/e; touch d/e/f; chmod 555 d/e d .; : > /dev/null", outputs: [d] } }
  gone:   { uses: command/shell, with: { run: "true", outputs: ["${'x'.repeat(300)}"] } }
`)
    const { states, events } = await project.run('c', '-k')
    expect(states).toEqual({ deep: 'done', locked: 'done', gone: 'failed' })
    const failed = events.flatMap((event) => (event.type === 'stage.end' ? (event.diagnostic ?? []) : []))
    expect(failed).toMatchObject([
      { code: 'E604', message: expect.stringMatching(/cannot be read: ENAMETOOLONG$/) as unknown },
    ])
    expect(await leftInStaging()).toEqual([])
  })

  test('may do what it likes with its inputs: they are copies', async () => {
    await spec(`
  make:  { uses: command/shell, with: { run: "mkdir d; echo small > d/s; yes | head -c 40000 > large; printf '#!/bin/sh\\necho ran\\n' > p; chmod +x p", outputs: [d, large, p] } }
  spoil: { uses: command/shell, needs: [make], with: { run: "for f in in/make/d/s in/make/large a.txt; do echo x >> $f; done; in/make/p > out", files: [a.txt], outputs: [out] } }
  read:  { uses: command/shell, needs: [spoil, make], with: { run: "cat in/spoil/out in/make/d/s a.txt; wc -c < in/make/large > n; cat in/make/d/s a.txt > all", files: [a.txt], outputs: [n, all] } }
`)
    await project.write('a.txt', 'a\n')
    expect((await project.run('c')).states).toEqual({ make: 'done', spoil: 'done', read: 'done' })
    expect(await output('read/all')).toBe('small\na\n')
    expect((await output('read/n')).trim()).toBe('40000')
    expect((await project.run('c')).states).toEqual({ make: 'fresh', spoil: 'fresh', read: 'fresh' })
  })

  test('sees images as PNG files, of them only what it reads', async () => {
    await writeParts(project, 'data', { train: 3, testGood: 2, testDefective: 1 })
    const images = (reads: string): Promise<void> =>
      spec(`
  acquire: { uses: acquire/folder, with: { dir: data } }
  list:    { uses: command/shell, needs: [acquire], with: { run: "cut -d, -f2- in/acquire/index.csv | sort > index; for f in in/acquire/*.png; do head -c 4 $f | tail -c 3; done > heads", ${reads}, outputs: [index, heads] } }
`)
    await images('reads: [label, split]')
    const first = await project.run('c')
    expect(first.code, first.stdout).toBe(0)
    expect(await output('list/index')).toBe('label,split\nnok,test\nok,test\nok,test\nok,train\nok,train\nok,train\n')
    expect(await output('list/heads')).toBe('PNG'.repeat(6))
    await images('splits: [train]')
    await project.run('c')
    expect(await output('list/heads')).toBe('PNG'.repeat(3))
  })
})

describe('files of the project', () => {
  test('are followed by content: a touch runs nothing; an edit, a new file and a removed one do', async () => {
    await spec(`
  all: { uses: files/concat, with: { files: ["src/**"] } }
`)
    await project.write('src/b/2.txt', '2')
    await project.write('src/a.txt', '1')
    const state = async (): Promise<string> => (await project.run('c')).states.all
    expect(await state()).toBe('done')
    expect(await output('all/all')).toBe('12')
    await utimes(join(project.root, 'src/a.txt'), 1, 1)
    expect(await state()).toBe('fresh')
    await project.write('src/a.txt', 'one')
    expect(await state()).toBe('done')
    await project.write('src/c', '3')
    expect(await state()).toBe('done')
    expect(await output('all/all')).toBe('one23')
    await spec(`
  all: { uses: files/concat, with: { files: [src/a.txt, src/none, ../x] } }
`)
    const { code, stderr } = await project.pipeline('run', 'c')
    expect(code).toBe(2)
    expect(stderr).toContain('pipelines/c.yaml:7:57 error E210 no file of the project matches src/none')
    expect(stderr).toContain('pipelines/c.yaml:7:67 error E106 ../x leads out of the project')
  })

  test('are known as a whole where they are many', async () => {
    await mkdir(join(project.root, 'many'))
    for (let i = 0; i < 1200; i++) await writeFile(join(project.root, `many/${i}`), `${i}\n`)
    await spec(`
  all: { uses: files/concat, with: { files: [many] } }
`)
    const state = async (): Promise<string> => (await project.run('c')).states.all
    expect(await state()).toBe('done')
    expect(await state()).toBe('fresh')
    await writeFile(join(project.root, 'many/77'), 'x\n')
    expect(await state()).toBe('done')
    expect((await output('all/all')).split('\n').filter((line) => line === 'x' || line === '77')).toEqual(['x'])
  })

  test('are joined in the order of needs, whatever the stages are called', async () => {
    const joined = (needs: string, name: string): Promise<void> =>
      spec(`
  ${name}: { uses: command/shell, with: { run: "echo 1 > x", outputs: [x] } }
  other: { uses: command/shell, with: { run: "echo 2 > x", outputs: [x] } }
  all: { uses: files/concat, needs: ${needs} }
`)
    await joined('[one, other]', 'one')
    await project.run('c')
    expect(await output('all/all')).toBe('1\n2\n')
    await joined('[other, one]', 'one')
    expect((await project.run('c')).states.all).toBe('done')
    expect(await output('all/all')).toBe('2\n1\n')
    await joined('[other, renamed]', 'renamed')
    expect((await project.run('c')).states.all).toBe('fresh')
  })
})

describe('a run that ends early', () => {
  /** Starts a run whose command tells its process number, and waits for that. */
  async function startSleeper(before = ''): Promise<{ child: ReturnType<typeof start>; pid: number }> {
    await spec(`
  sleep: { uses: command/shell, with: { run: "${before}sh -c 'echo pid $$; exec sleep 300'", outputs: [x] } }
`)
    const child = start(project.root, ['run', 'c', '--ui', 'json'])
    let stdout = ''
    const pid = await new Promise<number>((found) => {
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
        const told = /"text":"pid (\d+)"/.exec(stdout)
        if (told !== null) found(Number(told[1]))
      })
    })
    return { child, pid }
  }

  /** A process that nobody has waited for yet is gone all the same. */
  const isGone = (pid: number): boolean => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
    } catch {
      return true
    }
  }

  const gone = async (pid: number): Promise<void> => {
    while (!isGone(pid)) await new Promise((resolve) => setImmediate(resolve))
  }

  test('by Ctrl-C ends its command', async () => {
    const { child, pid } = await startSleeper()
    child.kill('SIGINT')
    const code = await new Promise((done) => child.on('close', done))
    expect(code).toBe(130)
    await gone(pid)
    expect(await leftInStaging()).toEqual([])
  })

  test('by Ctrl-C twice ends also a command that will not, and writes its record', async () => {
    const { child, pid } = await startSleeper("trap '' TERM; ")
    child.kill('SIGINT')
    let said = ''
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text))
    const again = setInterval(() => child.kill('SIGINT'), 100) // the second counts from 0.3 s after the first
    child.stdout!.on('data', (text: string) => {
      if (text.includes('"type":"run.interrupt"') && text.includes('"count":2')) clearInterval(again)
    })
    const code = await new Promise((done) => child.on('close', done))
    clearInterval(again)
    expect([code, said]).toEqual([130, ''])
    await gone(pid)
    expect((await project.pipeline('ls')).stdout).toContain('interrupted')
  })

  test('by kill -9 takes its command with it, and the next run sweeps what was left', async () => {
    const { child, pid } = await startSleeper()
    child.kill('SIGKILL')
    await gone(pid)
    expect(await leftInStaging()).toEqual(['0'])
    await spec('  sleep: { uses: command/shell, with: { run: "echo > x", outputs: [x] } }\n')
    expect((await project.run('c')).states).toEqual({ sleep: 'done' })
    expect(await leftInStaging()).toEqual([])
  })
})

/** Folders of attempts that are still there. */
async function leftInStaging(): Promise<string[]> {
  const folder = join(project.root, '.pipeline/cache/staging')
  const attempts = await Promise.all((await readdir(folder)).map((name) => readdir(join(folder, name))))
  return attempts.flat()
}
