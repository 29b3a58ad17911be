import { CACHE_POLICIES, COLOR_MODES, ENGINES, FAILURE_POLICIES, GRAPH_FORMATS, UI_MODES } from './environment.ts'

/** One option as people write and read it. */
export interface OptionRow {
  /** As commander reads it: `-j, --jobs <N>`. */
  readonly flags: string
  readonly text: string
  readonly choices?: readonly string[]
  readonly variable?: string
  /** May be given several times. */
  readonly repeats?: true
  /** How help writes it, where that differs. */
  readonly shown?: string
}

export type OptionGroup = readonly [title: string, rows: readonly OptionRow[]]

/** Understood by every command. */
export const GLOBAL_OPTIONS: OptionGroup = [
  'Everywhere',
  [
    { flags: '-C, --cwd <DIR>', text: 'work as if started in DIR' },
    { flags: '--json', text: 'one JSON document on stdout' },
    {
      flags: '--ui <MODE>',
      text: 'auto, plain, quiet or json (events)',
      choices: UI_MODES,
      variable: 'PIPELINE_UI',
    },
    { flags: '-q, --quiet', text: 'same as --ui quiet' },
    { flags: '-v, --verbose', text: 'show the logs of stages', variable: 'PIPELINE_LOG' },
    { flags: '--color <WHEN>', text: 'auto, always or never', choices: COLOR_MODES, variable: 'PIPELINE_COLOR' },
    { flags: '-h, --help', text: 'this text' },
    { flags: '-V, --version', text: 'version of flawline' },
  ],
]

const SELECTION: OptionGroup = [
  'Selection',
  [
    { flags: '--until <S>', text: 'bring S up to date, and what it needs', repeats: true },
    { flags: '--from <S>', text: 'compute S and all that needs it again', repeats: true },
    { flags: '--only <S>', text: 'run S alone; its inputs must be in the cache', repeats: true },
    { flags: '--force', shown: '--force[=S]', text: 'compute S (default: all targets) again' },
    { flags: '--accept <S>', text: 'take what S gave last, for this one run', repeats: true },
  ],
]

/** What `--force=S` is rewritten to, so that `--force SPEC` cannot take the spec for a selector. */
export const FORCE_STAGE = '--force-stage'

export const VALUES: OptionGroup = [
  'Values',
  [
    { flags: '--set <PATH=VALUE>', text: 'change a value; ~PATH removes one', repeats: true },
    { flags: '--set-string <PATH=TEXT>', text: 'the same, taken as text', repeats: true },
    { flags: '--set-file <PATH=FILE>', text: "the same, from a file's text", repeats: true },
    { flags: '--sweep <PATH=V1,V2>', text: 'one variant for each value', repeats: true },
  ],
]

const CACHE: OptionGroup = [
  'Cache',
  [
    {
      flags: '--cache <POLICY>',
      text: 'local:rw or local:w (write only)',
      choices: CACHE_POLICIES,
      variable: 'PIPELINE_CACHE',
    },
    { flags: '--no-cache', text: 'same as --cache local:w' },
  ],
]

const AUDIT: OptionRow = {
  flags: '--audit',
  shown: '--audit[=SHARE]',
  text: 'compute 1% of what is reused again, compare',
}

/** What `--audit=SHARE` is rewritten to. */
export const AUDIT_SHARE = '--audit-share'

const SCHEDULING: OptionGroup = [
  'Scheduling',
  [
    { flags: '--engine <NAME>', text: 'what computes', choices: ENGINES, variable: 'PIPELINE_ENGINE' },
    { flags: '-j, --jobs <N>', text: 'light stages side by side', variable: 'PIPELINE_JOBS' },
    {
      flags: '--on-failure <WHAT>',
      text: 'stop, continue or kill',
      choices: FAILURE_POLICIES,
      variable: 'PIPELINE_ON_FAILURE',
    },
    {
      flags: '--resources <NAME=VALUE>',
      text: 'gpu=0,1 or mem=24G or io=2',
      repeats: true,
      variable: 'PIPELINE_RESOURCES',
    },
    { flags: '--no-wait', text: 'fail where a key is locked', variable: 'PIPELINE_NO_WAIT' },
    { flags: '-k, --keep-going', text: 'same as --on-failure continue' },
  ],
]

const BRING_OPTIONS: readonly OptionGroup[] = [SELECTION, VALUES, CACHE, SCHEDULING]

export const RUN_OPTIONS: readonly OptionGroup[] = [SELECTION, VALUES, [CACHE[0], [...CACHE[1], AUDIT]], SCHEDULING]

export const PLAN_OPTIONS: readonly OptionGroup[] = [
  ...BRING_OPTIONS,
  [
    'Output',
    [
      { flags: '--exit-code', text: 'exit 1 where something would run' },
      { flags: '--md', text: 'a Markdown table' },
    ],
  ],
]

export const WHY_OPTIONS: readonly OptionGroup[] = [
  [
    'Comparison',
    [
      { flags: '--if <PATH=VALUE>', text: 'explain an edit not made yet', repeats: true },
      { flags: '--run <RUN>', text: 'explain that run instead of the next one' },
      { flags: '--against <RUN>', text: 'compare with that run' },
    ],
  ],
  VALUES,
]

export const GRAPH_OPTIONS: readonly OptionGroup[] = [
  [
    'Output',
    [
      { flags: '--format <WHAT>', text: 'ascii, mermaid, dot or json', choices: GRAPH_FORMATS },
      { flags: '--expand', text: 'variants apart' },
      { flags: '--state', text: 'with what a plan says of each' },
    ],
  ],
  VALUES,
]
