import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PIPELINE } from './pipeline-process.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flawline-'))
  mkdirSync(join(folder, 'pipelines'))
  writeFileSync(
    join(folder, 'pipelines/join.yaml'),
    `version: 1
name: join
matrix: { axes: { name: [a, b] } }
stages:
  first:  { uses: files/concat, with: { files: [pipelines/join.yaml] } }
  second: { uses: files/concat, needs: [first], with: { name: "\${matrix.name}" } }
`,
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What is offered in place of the last word. */
function offered(...words: string[]): string[] {
  const { stdout } = spawnSync(process.execPath, [PIPELINE, 'complete', '--', ...words], {
    cwd: folder,
    encoding: 'utf8',
  })
  return stdout.split('\n').flatMap((line) => (line === '' || line.startsWith(':') ? [] : [line.split('\t')[0]]))
}

describe('completion', () => {
  test.each([
    [['ru'], ['run']],
    [['run', ''], ['join']],
    [['run', 'join', 'fi'], ['first']],
    [
      ['run', 'join', '@'],
      ['@name=a', '@name=b'],
    ],
    [
      ['why', 'join', 'second@'],
      ['second@name=a', 'second@name=b'],
    ],
    [['run', 'join', '--until', 's'], ['second']],
    [['run', '--ui', 'p'], ['plain']],
    [['run', 'join', '--on-f'], ['--on-failure']],
    [['show', ''], ['last']],
    [['cache', 'v'], ['verify']],
    [
      ['stages', 'train/d'],
      ['train/dfr', 'train/dfr-attention'],
    ],
    [['run', 'nothing', ''], []],
  ] as const)('of %j offers %j', (words, values) => {
    expect(offered(...words)).toEqual(values)
  })

  test('works in bash', () => {
    // Two functions of the package bash-completion and of bash's own completing, which no script can have.
    const script = `
      _get_comp_words_by_ref() { cur=\${COMP_WORDS[COMP_CWORD]}; words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
      compopt() { :; }
      pipeline() { ${JSON.stringify(process.execPath)} ${JSON.stringify(PIPELINE)} "$@"; }
      source <(pipeline completion bash)
      COMP_WORDS=(pipeline run jo); COMP_CWORD=2
      __pipeline_complete
      echo "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' })
    expect([stdout.trim(), stderr]).toEqual(['join', ''])
  })
})
