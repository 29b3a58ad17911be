import { Failure } from '../base/diagnostic.ts'

export const ENGINES = ['onnx-cpu'] as const
export const UI_MODES = ['auto', 'plain', 'quiet', 'json'] as const
export const COLOR_MODES = ['auto', 'always', 'never'] as const
export const FAILURE_POLICIES = ['stop', 'continue', 'kill'] as const
export const GRAPH_FORMATS = ['ascii', 'mermaid', 'dot', 'json'] as const
export const CACHE_POLICIES = ['local:rw', 'local:w'] as const
const LOG_LEVELS = ['info', 'debug'] as const

type Engine = (typeof ENGINES)[number]
export type UiMode = (typeof UI_MODES)[number]
export type ColorMode = (typeof COLOR_MODES)[number]
export type FailurePolicy = (typeof FAILURE_POLICIES)[number]
type CachePolicy = (typeof CACHE_POLICIES)[number]

/** All that the process's environment says, read once, in this file alone. */
export interface Environment {
  readonly stateDir?: string
  readonly cacheDir?: string
  readonly weightsDir?: string
  readonly cache: CachePolicy
  readonly cacheMaxBytes?: number
  readonly engine: Engine
  readonly jobs?: number
  /** As written: `gpu=0,1 mem=24G`. */
  readonly resources?: string
  readonly noWait: boolean
  /** `CUDA_VISIBLE_DEVICES`: the GPUs that are for us. */
  readonly visibleDevices?: string
  readonly onFailure: FailurePolicy
  readonly ui: UiMode
  readonly color: ColorMode
  readonly ascii: boolean
  readonly log: (typeof LOG_LEVELS)[number]
  readonly noColor: boolean
  readonly forceColor?: string
  readonly term?: string
  readonly ci: boolean
  readonly githubActions: boolean
  readonly screenReader: boolean
  /** Where this process kills itself, for tests: `base/fault.ts`. */
  readonly fault?: string
  /** `LC_ALL`, else `LC_CTYPE`, else `LANG`. */
  readonly locale?: string
  readonly variables: Variables
}

/** The variables people may set, with the option that goes over each; the source of `pipeline help environment`. */
export const VARIABLES = [
  { name: 'PIPELINE_STATE_DIR', default: 'ROOT/.pipeline', what: 'cache, runs, weights' },
  { name: 'PIPELINE_CACHE_DIR', default: 'STATE/cache', what: 'where artifacts live by key' },
  { name: 'PIPELINE_CACHE', option: '--cache', default: 'local:rw', what: 'local:w reads none' },
  { name: 'PIPELINE_CACHE_MAX', default: '100G', what: 'or half the free disk' },
  { name: 'PIPELINE_WEIGHTS_DIR', default: 'STATE/weights', what: 'checkpoints' },
  { name: 'PIPELINE_ENGINE', option: '--engine', default: 'onnx-cpu', what: 'what computes' },
  { name: 'PIPELINE_JOBS', option: '-j', default: 'cores', what: 'light stages side by side' },
  { name: 'PIPELINE_RESOURCES', option: '--resources', default: 'as found', what: 'gpu=0,1 mem=24G io=2' },
  { name: 'PIPELINE_NO_WAIT', option: '--no-wait', default: '0', what: '1: a held lock is E402' },
  { name: 'PIPELINE_ON_FAILURE', option: '--on-failure', default: 'stop', what: 'stop, continue or kill' },
  { name: 'PIPELINE_UI', option: '--ui', default: 'auto', what: 'auto, plain, quiet or json' },
  { name: 'PIPELINE_COLOR', option: '--color', default: 'auto', what: 'auto, always or never' },
  { name: 'PIPELINE_ASCII', default: '0', what: '1: ASCII glyphs' },
  { name: 'PIPELINE_LOG', option: '-v', default: 'info', what: 'info or debug' },
] as const satisfies readonly { name: string; option?: string; default: string; what: string }[]

/** Not ours, but honoured. */
export const FOREIGN_VARIABLES = [
  'NO_COLOR',
  'FORCE_COLOR',
  'TERM',
  'CI',
  'GITHUB_ACTIONS',
  'INK_SCREEN_READER',
  'CUDA_VISIBLE_DEVICES',
] as const

export type Variables = Readonly<Record<string, string | undefined>>

/** Throws E001 where a variable holds what its option would not take either. */
export function readEnvironment(variables: Variables = process.env): Environment {
  const text = (name: (typeof VARIABLES)[number]['name']): string | undefined => variables[name] || undefined
  const jobs = text('PIPELINE_JOBS')
  const cacheMax = text('PIPELINE_CACHE_MAX')
  const locale = variables.LC_ALL || variables.LC_CTYPE || variables.LANG
  return {
    ...given('stateDir', text('PIPELINE_STATE_DIR')),
    ...given('cacheDir', text('PIPELINE_CACHE_DIR')),
    ...given('weightsDir', text('PIPELINE_WEIGHTS_DIR')),
    cache: oneOf('PIPELINE_CACHE', CACHE_POLICIES, text('PIPELINE_CACHE') ?? 'local:rw'),
    ...given('cacheMaxBytes', cacheMax === undefined ? undefined : parseBytes('PIPELINE_CACHE_MAX', cacheMax)),
    engine: oneOf('PIPELINE_ENGINE', ENGINES, text('PIPELINE_ENGINE') ?? 'onnx-cpu'),
    ...given('jobs', jobs === undefined ? undefined : parseCount('PIPELINE_JOBS', jobs)),
    ...given('resources', text('PIPELINE_RESOURCES')),
    noWait: isOn(text('PIPELINE_NO_WAIT')),
    ...given('visibleDevices', variables.CUDA_VISIBLE_DEVICES),
    onFailure: oneOf('PIPELINE_ON_FAILURE', FAILURE_POLICIES, text('PIPELINE_ON_FAILURE') ?? 'stop'),
    ui: oneOf('PIPELINE_UI', UI_MODES, text('PIPELINE_UI') ?? 'auto'),
    color: oneOf('PIPELINE_COLOR', COLOR_MODES, text('PIPELINE_COLOR') ?? 'auto'),
    ascii: text('PIPELINE_ASCII') === '1',
    log: oneOf('PIPELINE_LOG', LOG_LEVELS, text('PIPELINE_LOG') ?? 'info'),
    noColor: Boolean(variables.NO_COLOR),
    ...given('forceColor', variables.FORCE_COLOR),
    ...given('term', variables.TERM),
    ci: isOn(variables.CI),
    githubActions: isOn(variables.GITHUB_ACTIONS),
    screenReader: isOn(variables.INK_SCREEN_READER),
    ...given('fault', variables.PIPELINE_FAULT || undefined),
    ...given('locale', locale || undefined),
    variables,
  }
}

const given = <K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> =>
  value === undefined ? {} : ({ [name]: value } as Record<K, T>)

const isOn = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)

/** A value out of a fixed set, or E001 that lists the set. `name` is the variable or option as people write it. */
export function oneOf<T extends string>(name: string, choices: readonly T[], value: string): T {
  const choice = choices.find((known) => known === value)
  if (choice !== undefined) return choice
  throw new Failure('E001', `${name} must be ${listChoices(choices)}, found "${value}"`)
}

const listChoices = (choices: readonly string[]): string =>
  choices.length === 1 ? choices[0] : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`

/** A whole number from 1, or E001. */
export function parseCount(name: string, value: string): number {
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw new Failure('E001', `${name} must be a whole number from 1, found "${value}"`)
}

const BYTES_IN: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/** Decimal bytes such as `40G`, or E001. */
function parseBytes(name: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(value)
  if (match === null) throw new Failure('E001', `${name} must be a size such as 40G, found "${value}"`)
  return Math.round(Number(match[1]) * BYTES_IN[match[2].toUpperCase()])
}
