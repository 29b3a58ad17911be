import { describe, expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { parseCommandLine } from '../../cli/parse.ts'

function failure(...argv: string[]): string[] {
  try {
    parseCommandLine(argv)
  } catch (error) {
    if (error instanceof Failure)
      return [`${error.diagnostic.code} ${error.diagnostic.message}`, ...(error.diagnostic.help ?? [])]
    throw error
  }
  return ['no failure']
}

function command(...argv: string[]) {
  const parsed = parseCommandLine(argv)
  if (parsed.type !== 'command') throw new Error(`understood as ${parsed.type}`)
  return parsed
}

describe('a command line', () => {
  test('global options may stand before and after the command', () => {
    for (const argv of [
      ['--json', 'plan', 'a'],
      ['plan', 'a', '--json'],
      ['plan', '--json', 'a'],
    ]) {
      const { options, arguments: words, command: row } = command(...argv)
      expect([row.name, words, options.has('json')]).toEqual(['plan', ['a'], true])
    }
  })

  test('--set and its kin keep the order in which they were given', () => {
    expect(command('run', 'a', '--set', 'x=1', '--set-string', 'y=2', '--set', '~z', '--set-file', 'w=f').sets).toEqual(
      [
        { kind: 'set', text: 'x=1' },
        { kind: 'string', text: 'y=2' },
        { kind: 'set', text: '~z' },
        { kind: 'file', text: 'w=f' },
      ],
    )
  })

  test('--force takes no word after it, --force=STAGE does', () => {
    const bare = command('run', '--force', 'a')
    expect([bare.arguments, bare.options.has('force'), bare.options.list('forceStage')]).toEqual([['a'], true, []])
    const named = command('run', 'a', '--force=train', '--force=pca')
    expect([named.options.has('force'), named.options.list('forceStage')]).toEqual([false, ['train', 'pca']])
  })

  test('--until adds up, --no-cache denies', () => {
    const { options } = command('run', 'a', '--until', 'x', '--until', 'y', '--no-cache')
    expect([options.list('until'), options.isDenied('cache')]).toEqual([['x', 'y'], true])
  })

  test('commands of two words', () => {
    expect(command('weights', 'add', 'f.pth').command.name).toBe('weights add')
  })

  test('asks for help anywhere', () => {
    expect(parseCommandLine([])).toMatchObject({ type: 'help' })
    expect(parseCommandLine(['-h'])).toMatchObject({ type: 'help' })
    expect(parseCommandLine(['weights', 'add', '--help'])).toMatchObject({
      type: 'help',
      command: { name: 'weights add' },
    })
    expect(parseCommandLine(['run', '-V'])).toEqual({ type: 'version' })
  })

  const wrong: readonly (readonly [argv: string[], said: string[]])[] = [
    [
      ['rnu', 'x'],
      ['E001 unknown command "rnu"', 'did you mean run? "pipeline --help" lists all'],
    ],
    [['xyzzy'], ['E001 unknown command "xyzzy"', '"pipeline --help" lists all']],
    [['--jsn'], ['E001 unknown option --jsn', 'did you mean --json? "pipeline --help" lists all']],
    [
      ['run', 'a', '--unitl', 'b'],
      ['E001 unknown option --unitl', 'did you mean --until? "pipeline run --help" lists all'],
    ],
    [
      ['weights', 'ad'],
      ['E001 unknown command "weights ad"', 'one of weights add, weights ls, weights path'],
    ],
    [['weights'], ['E001 weights needs one more word', 'one of weights add, weights ls, weights path']],
    [['run', 'a', '--jobs'], ['E001 --jobs needs a value']],
    [['run', 'a', '--ui', 'fancy'], ['E001 --ui must be one of auto, plain, quiet, json, found "fancy"']],
    [
      ['weights', 'ls', 'more'],
      ['E001 unexpected argument "more"', 'pipeline weights ls'],
    ],
  ]
  for (const [argv, said] of wrong)
    test(`"${argv.join(' ')}" is refused with a way out`, () => expect(failure(...argv)).toEqual(said))
})
