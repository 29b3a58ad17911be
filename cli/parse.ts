import { Command, CommanderError, Option } from 'commander'
import { Failure } from '../base/diagnostic.ts'
import { nearestNames } from '../base/nearest.ts'
import { SET_OPTIONS, type SetOption } from '../runner/request.ts'
import { COMMANDS, type CommandRow } from './commands.ts'
import { Options } from './invocation.ts'
import { AUDIT_SHARE, FORCE_STAGE, GLOBAL_OPTIONS, type OptionRow } from './options.ts'

/** What was typed, understood. */
export type Parsed =
  | {
      readonly type: 'command'
      readonly command: CommandRow
      readonly arguments: readonly string[]
      readonly options: Options
      readonly sets: readonly SetOption[]
    }
  | { readonly type: 'help'; readonly command?: CommandRow; readonly options: Options }
  | { readonly type: 'version' }

/** Understands a command line; whatever it cannot is E001 with the nearest name. */
export function parseCommandLine(argv: readonly string[]): Parsed {
  const sets: SetOption[] = []
  let reached: { command: CommandRow; arguments: readonly string[]; options: Options } | undefined
  const program = new Command('pipeline')
    .helpOption(false)
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
  for (const row of GLOBAL_OPTIONS[1]) program.addOption(asOption(row, sets))
  takeStrayWords(program)
  for (const row of COMMANDS) {
    const command = commandAt(program, row.name).argument('[ARGUMENTS...]')
    for (const option of row.options.flatMap(([, rows]) => rows)) command.addOption(asOption(option, sets))
    if (row.options.some(([title]) => title === 'Selection'))
      command.addOption(new Option(`${FORCE_STAGE} <STAGE>`).argParser(collect))
    if (row.name === 'run') command.addOption(new Option(`${AUDIT_SHARE} <SHARE>`))
    command.action((words: string[], _, self: Command) => {
      reached = { command: row, arguments: words, options: new Options(self.optsWithGlobals()) }
    })
  }
  try {
    program.parse(argv.flatMap(splitOptional), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, argv)
    throw error
  }
  const globals = new Options(program.opts())
  if (globals.has('version')) return { type: 'version' }
  if (reached === undefined) return { type: 'help', options: globals }
  const { command, options } = reached
  if (globals.has('help')) return { type: 'help', command, options }
  if (reached.arguments.length > command.most)
    throw new Failure('E001', `unexpected argument "${reached.arguments[command.most]}"`, {
      help: [`pipeline ${command.name} ${command.usage}`.trimEnd()],
    })
  return { type: 'command', ...reached, sets }
}

/** Words that no command of `parent` takes end in E001. */
function takeStrayWords(parent: Command, ...before: string[]): Command {
  return parent
    .argument('[WORDS...]')
    .allowUnknownOption()
    .action((words: string[], _, self: Command) => {
      const first = words.at(0)
      if (self.optsWithGlobals().help === true || self.optsWithGlobals().version === true) return
      if (first?.startsWith('-')) throw unknownOption(first, undefined)
      if (words.length + before.length > 0) throw unknownCommand([...before, ...words])
    })
}

/** The command of a name such as `weights add`, made together with its parent. */
function commandAt(program: Command, name: string): Command {
  const words = name.split(' ')
  return words.reduce((parent, word, i) => {
    const known = parent.commands.find((each) => each.name() === word)
    const command = known ?? parent.command(word).helpOption(false).helpCommand(false)
    return known === undefined && i < words.length - 1 ? takeStrayWords(command, word) : command
  }, program)
}

const collect = (text: string, before: unknown): string[] => [
  ...(Array.isArray(before) ? (before as string[]) : []),
  text,
]

function asOption({ flags, choices, repeats }: OptionRow, sets: SetOption[]): Option {
  const option = new Option(flags)
  const kind = (Object.keys(SET_OPTIONS) as SetOption['kind'][]).find((one) => SET_OPTIONS[one] === option.long)
  if (kind !== undefined) {
    return option.argParser((text) => {
      sets.push({ kind, text })
      return text
    })
  }
  if (choices !== undefined) return option.choices(choices)
  return repeats ? option.argParser(collect) : option
}

/** `--force=S` and `--audit=5%`, also `--audit 5%`: options whose value may be left out, and then takes no spec for it. */
function splitOptional(word: string, at: number, argv: readonly string[]): string[] {
  if (word.startsWith('--force=')) return [FORCE_STAGE, word.slice('--force='.length)]
  if (word.startsWith('--audit=')) return [AUDIT_SHARE, word.slice('--audit='.length)]
  return word === '--audit' && isShare(argv[at + 1]) ? [AUDIT_SHARE] : [word]
}

const isShare = (word: string | undefined): boolean => word !== undefined && /^(?:[\d.]+%|0?\.\d+)$/.test(word)

function usageError(error: CommanderError, argv: readonly string[]): Failure {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(quoted, commandTyped(argv))
    case 'commander.optionMissingArgument':
      return new Failure('E001', `${longName(quoted)} needs a value`)
    case 'commander.invalidArgument': {
      const [, flags, found, allowed] = INVALID_CHOICE.exec(error.message) ?? []
      return new Failure('E001', `${longName(flags)} must be one of ${allowed}, found "${found}"`)
    }
    default:
      return new Failure('E001', error.message.replace(/^error: /, ''))
  }
}

const INVALID_CHOICE = /option '([^']*)' argument '([^']*)' is invalid\. Allowed choices are (.*)\.$/

const longName = (flags: string): string => /--[a-z-]+/.exec(flags)?.[0] ?? flags

function commandTyped(argv: readonly string[]): CommandRow | undefined {
  const words = argv.filter((word) => !word.startsWith('-'))
  return COMMANDS.find(({ name }) => name.split(' ').every((word, i) => words[i] === word))
}

function unknownOption(wrong: string, command: CommandRow | undefined): Failure {
  const groups = [...(command?.options ?? []), GLOBAL_OPTIONS]
  const known = groups.flatMap(([, rows]) => rows.map(({ flags }) => longName(flags)))
  const [name] = wrong.split('=')
  return new Failure('E001', `unknown option ${name}`, {
    help: [didYouMean(name, known, command === undefined ? 'pipeline' : `pipeline ${command.name}`)],
  })
}

function unknownCommand(words: readonly string[]): Failure {
  const [first] = words
  const inside = COMMANDS.map(({ name }) => name.split(' ')).filter((name) => name.length > 1 && name[0] === first)
  if (inside.length === 0) {
    const names = COMMANDS.map(({ name }) => name.split(' ')[0])
    return new Failure('E001', `unknown command "${first}"`, { help: [didYouMean(first, names, 'pipeline')] })
  }
  const names = inside.map((name) => name.join(' '))
  const message = words.length === 1 ? `${first} needs one more word` : `unknown command "${first} ${words[1]}"`
  return new Failure('E001', message, { help: [`one of ${names.join(', ')}`] })
}

function didYouMean(wrong: string, known: readonly string[], program: string): string {
  const near = nearestNames(wrong, known)
  return `${near.length === 0 ? '' : `did you mean ${near.join(', ')}? `}"${program} --help" lists all`
}
