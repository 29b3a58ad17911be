import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { armFault } from '../base/fault.ts'
import { findRoot } from '../runner/spec/find.ts'
import type { Look } from '../ui/look.ts'
import type { Output } from '../ui/run-ui.ts'
import { COLOR_MODES, type ColorMode, type Environment, oneOf, readEnvironment, UI_MODES } from './environment.ts'
import type { Io, Options, Streams } from './invocation.ts'

/** Width of text that no terminal shows. */
const COLUMNS_OFF_A_TERMINAL = 120

/** Reads the environment and the options that every command has. Throws E001, E005, E403. */
export function openIo(options: Options, streams: Streams, workingFolder: string): Io {
  const environment = readEnvironment()
  armFault(environment.fault, 'runner')
  const cwd = resolve(workingFolder, options.text('cwd') ?? '.')
  if (!isFolder(cwd)) throw new Failure('E403', `--cwd ${options.text('cwd') ?? ''} is no folder`)
  const uiOption = options.has('quiet') ? 'quiet' : options.text('ui')
  const ui = uiOption === undefined ? environment.ui : oneOf('--ui', UI_MODES, uiOption)
  const json = options.has('json')
  if (options.has('quiet') && options.text('ui') !== undefined && options.text('ui') !== 'quiet')
    throw new Failure('E005', `-q and --ui ${options.text('ui') ?? ''} exclude each other`)
  if (json && uiOption === 'json') throw new Failure('E005', '--json and --ui json exclude each other')
  const colorOption = options.text('color')
  const color = colorOption === undefined ? environment.color : oneOf('--color', COLOR_MODES, colorOption)
  return {
    stdout: outputTo(streams.stdout, environment, color),
    stderr: outputTo(streams.stderr, environment, color),
    streams,
    environment,
    cwd,
    root: findRoot(cwd),
    ui,
    json,
    verbose: options.has('verbose') || environment.log === 'debug',
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function outputTo(stream: NodeJS.WriteStream, environment: Environment, color: ColorMode): Output {
  return {
    look: lookOf(stream.isTTY, environment, color),
    columns: () => (stream.isTTY ? stream.columns || 80 : COLUMNS_OFF_A_TERMINAL),
    write: (text) => {
      stream.write(text)
    },
  }
}

/** Colour: option, NO_COLOR, FORCE_COLOR, TERM=dumb, and last whether this very stream is a terminal. */
export function lookOf(isTerminal: boolean, environment: Environment, color: ColorMode): Look {
  const { noColor, forceColor, term, locale } = environment
  const unicode = locale === undefined || /utf-?8/i.test(locale)
  const byDefault =
    !noColor &&
    (forceColor === undefined || forceColor === ''
      ? term !== 'dumb' && isTerminal
      : !['0', 'false'].includes(forceColor))
  return {
    color: color === 'always' || (color === 'auto' && byDefault),
    ascii: environment.ascii || (isTerminal && !unicode),
  }
}
