import { COMMANDS, type CommandRow } from './commands.ts'
import { FOREIGN_VARIABLES, VARIABLES } from './environment.ts'
import { EXIT_CODES } from './exit-codes.ts'
import { GLOBAL_OPTIONS, type OptionGroup, type OptionRow } from './options.ts'

const OPTION_WIDTH = 28

/** Names in lines of at most 80 columns. */
const lines = (names: readonly string[]): string[] =>
  names.reduce<string[]>((done, name) => {
    const last = done.at(-1)
    const joined = `${last ?? ''}, ${name}`
    return last === undefined || joined.length > 80 ? [...done, name] : [...done.slice(0, -1), joined]
  }, [])

/** `pipeline` alone and `pipeline --help`: the commands in groups, the specs there are. */
export function overview(specs: readonly string[]): string {
  const groups = ['Run', 'Look', 'Spec', 'Keep'] as const
  const lines = groups.flatMap((group) => {
    const rows = COMMANDS.filter((row) => row.group === group)
    return rows.map(
      ({ name, sentence }, i) => `${(i === 0 ? group : '').padEnd(6)}${name.padEnd(14)}${withoutStop(sentence)}`,
    )
  })
  const found =
    specs.length === 0
      ? []
      : [
          '',
          `Specs here: ${specs.join(', ')}`,
          `Start with: pipeline plan ${specs.find((name) => name === 'quickstart') ?? specs[0]}`,
        ]
  return [
    'usage: pipeline COMMAND [ARGUMENT...]',
    '',
    'Visual inspection as a content-hashed pipeline: good images in, verdicts out.',
    '',
    ...lines,
    '',
    ...optionLines(GLOBAL_OPTIONS),
    ...found,
    '',
  ].join('\n')
}

/** Help of one command: usage, one sentence, examples, options in groups with their variables, exit codes. */
export function commandHelp({ name, usage, sentence, examples, options }: CommandRow): string {
  return [
    `usage: pipeline ${name} ${usage}`.trimEnd(),
    '',
    sentence,
    '',
    ...examples.map((example) => `  ${example}`),
    '',
    ...[...options, GLOBAL_OPTIONS].flatMap((group) => [...optionLines(group), '']),
    ...(name === 'run' ? exitCodeLines() : []),
    'More: pipeline help environment | exit-codes | selectors | states',
    '',
  ].join('\n')
}

function optionLines([title, rows]: OptionGroup): string[] {
  return [title, ...rows.map(optionLine)]
}

function optionLine({ flags, shown, text, variable }: OptionRow): string {
  const names = (shown ?? flags).replace(/[<>]/g, '')
  const where = variable === undefined ? '' : ` [${variable}]`
  return `  ${(names.startsWith('--') ? `    ${names}` : names).padEnd(OPTION_WIDTH)}${text}${where}`
}

function exitCodeLines(): string[] {
  return ['Exit codes', ...EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`), '']
}

const withoutStop = (sentence: string): string => sentence.split('. ')[0].replace(/\.$/, '')

/** Long texts behind `pipeline help TOPIC`. */
export const TOPICS: Readonly<Record<string, () => string>> = {
  environment: () =>
    [
      'Option over environment over spec over default.',
      '',
      ...VARIABLES.map((row) => {
        const option = 'option' in row ? row.option : ''
        return `${row.name.padEnd(22)}${option.padEnd(14)}${row.default.padEnd(15)}${row.what}`
      }),
      '',
      'Honoured as well:',
      ...lines(FOREIGN_VARIABLES),
      '',
    ].join('\n'),
  'exit-codes': () =>
    [
      ...EXIT_CODES.map(({ code, meaning, when }) => `${String(code).padStart(3)}  ${meaning.padEnd(24)}${when}`),
      '',
      'Of several: a signal, then 141, 70, 5, 4, 1, 3.',
      '',
    ].join('\n'),
  selectors: () =>
    [
      'A selector names stages, and variants of a sweep.',
      '',
      "  train, 'e*'           a stage in all its variants; a glob over stages",
      '  @variance=0.90        all stages that stand in these variants alone',
      '  train@variance=0.90   these variants; axes left out match all',
      "  'train@lr=1e-*'       values are compared as YAML (0.9 is 0.90), globs as text",
      '  train... train^...    with all it needs; the same without itself',
      '  ...train ...^train    with all that needs it; the same without itself',
      "  '!export'             taken away, after the others are added",
      '',
      'A value with a comma, a space or ... goes in single quotes, and the whole in',
      'double ones for the shell, as for ! and *: "train@dir=\'a b\'".',
      '',
      '  run SPEC S, --until S   S and what it needs; both add up; none means all',
      '  --from S                compute S and everything after it again',
      '  --only S                nothing but S may run; a missing input is E020',
      '  --force, --force=S      compute again all targets, or S; results are kept',
      '  --accept S              take what S gave last in place of what is due, for',
      '                          this one run; the record says so; never for evaluate',
      '',
      'What targets need comes along, from the cache where possible.',
      '',
    ].join('\n'),
}
