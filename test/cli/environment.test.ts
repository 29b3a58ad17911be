import { describe, expect, test } from 'vitest'
import { readEnvironment, VARIABLES } from '../../cli/environment.ts'
import { lookOf } from '../../cli/io.ts'

describe('the environment', () => {
  test('says nothing: defaults', () => {
    expect(readEnvironment({})).toEqual({
      cache: 'local:rw',
      engine: 'onnx-cpu',
      noWait: false,
      onFailure: 'stop',
      ui: 'auto',
      variables: {},
      color: 'auto',
      ascii: false,
      log: 'info',
      noColor: false,
      ci: false,
      githubActions: false,
      screenReader: false,
    })
  })

  test('every variable is read', () => {
    const values: Record<string, string> = {
      PIPELINE_STATE_DIR: '/s',
      PIPELINE_CACHE_DIR: '/c',
      PIPELINE_CACHE: 'local:w',
      PIPELINE_CACHE_MAX: '40G',
      PIPELINE_WEIGHTS_DIR: '/w',
      PIPELINE_ENGINE: 'onnx-cpu',
      PIPELINE_JOBS: '3',
      PIPELINE_RESOURCES: 'gpu=0,1 mem=24G',
      PIPELINE_NO_WAIT: '1',
      PIPELINE_ON_FAILURE: 'kill',
      PIPELINE_UI: 'quiet',
      PIPELINE_COLOR: 'never',
      PIPELINE_ASCII: '1',
      PIPELINE_LOG: 'debug',
    }
    expect(Object.keys(values)).toEqual(VARIABLES.map(({ name }) => name))
    expect(readEnvironment(values)).toMatchObject({
      stateDir: '/s',
      cacheDir: '/c',
      weightsDir: '/w',
      cache: 'local:w',
      cacheMaxBytes: 40e9,
      jobs: 3,
      resources: 'gpu=0,1 mem=24G',
      noWait: true,
      onFailure: 'kill',
      ui: 'quiet',
      color: 'never',
      ascii: true,
      log: 'debug',
    })
  })

  const wrong = [
    ['PIPELINE_JOBS', 'many', 'PIPELINE_JOBS must be a whole number from 1, found "many"'],
    ['PIPELINE_CACHE_MAX', '40 apples', 'PIPELINE_CACHE_MAX must be a size such as 40G, found "40 apples"'],
    ['PIPELINE_UI', 'tui', 'PIPELINE_UI must be auto, plain, quiet or json, found "tui"'],
    ['PIPELINE_ENGINE', 'abacus', 'PIPELINE_ENGINE must be onnx-cpu, found "abacus"'],
  ] as const
  for (const [name, value, message] of wrong)
    test(`${name}=${value} is refused`, () => expect(() => readEnvironment({ [name]: value })).toThrow(message))

  test('CI=false is no CI', () => {
    expect(readEnvironment({ CI: 'false' }).ci).toBe(false)
    expect(readEnvironment({ CI: 'true' }).ci).toBe(true)
  })
})

describe('colour goes by option, NO_COLOR, FORCE_COLOR, TERM, terminal, in this order', () => {
  const cases = [
    [{}, true, 'auto', true],
    [{}, false, 'auto', false],
    [{}, false, 'always', true],
    [{ NO_COLOR: '1' }, true, 'always', true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, 'auto', false],
    [{ NO_COLOR: '' }, true, 'auto', true],
    [{ FORCE_COLOR: '1' }, false, 'auto', true],
    [{ FORCE_COLOR: '0' }, true, 'auto', false],
    [{ TERM: 'dumb' }, true, 'auto', false],
    [{}, true, 'never', false],
  ] as const
  for (const [variables, isTerminal, option, color] of cases)
    test(`${JSON.stringify(variables)} terminal ${isTerminal} --color ${option}`, () =>
      expect(lookOf(isTerminal, readEnvironment(variables), option).color).toBe(color))

  test('a terminal without Unicode gets ASCII, and so does whoever asks', () => {
    expect(lookOf(true, readEnvironment({ LANG: 'C' }), 'auto').ascii).toBe(true)
    expect(lookOf(true, readEnvironment({ LANG: 'C', LC_ALL: 'C.UTF-8' }), 'auto').ascii).toBe(false)
    expect(lookOf(true, readEnvironment({}), 'auto').ascii).toBe(false)
    expect(lookOf(false, readEnvironment({ PIPELINE_ASCII: '1' }), 'auto').ascii).toBe(true)
  })
})
