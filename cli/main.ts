import { writeSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { inspect } from 'node:util'
import { Failure } from '../base/diagnostic.ts'
import { EXIT_ENVIRONMENT, EXIT_INTERNAL, EXIT_OK, EXIT_PIPE, EXIT_STORAGE } from './exit-codes.ts'
import type { Io, Options, Streams } from './invocation.ts'

/**
 * Bytecode that a function runs through before V8 optimises it, four times what V8 takes: a run of a second has nothing of
 * it, and the compiler else uses half as much CPU as the run, beside the commands that it starts.
 */
const HOT_BYTES = 270_336

/** The whole of `pipeline`: parses, loads the one command it needs, exits with its code. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  setFlagsFromString(`--interrupt-budget=${HOT_BYTES}`)
  const streams: Streams = process
  for (const name of ['stdout', 'stderr'] as const)
    streams[name].on('error', (error: NodeJS.ErrnoException) => endUnheard(error, name))
  process.on('uncaughtException', (error) => void endInternally(error, streams))
  process.on('unhandledRejection', (error) => void endInternally(error, streams))
  try {
    const exit = await execute(argv, streams)
    await Promise.all([flushed(streams.stdout), flushed(streams.stderr)])
    process.exit(exit)
  } catch (error) {
    if (!(error instanceof Failure)) return endInternally(error, streams)
    const { diagnosticText } = await import('../ui/diagnostic-line.ts')
    streams.stderr.write(diagnosticText(error.diagnostic))
    const { exitOf } = await import('../runner/exit-codes.ts')
    process.exit(exitOf([error.diagnostic]))
  }
}

/** Once all that was written is out; a reader that went away is heard of by then. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write('', () => setImmediate(resolve))
  })

async function execute(argv: readonly string[], streams: Streams): Promise<number> {
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./complete.ts')
    await complete(argv.slice(2), streams)
    return EXIT_OK
  }
  const { parseCommandLine } = await import('./parse.ts')
  const parsed = parseCommandLine(argv)
  switch (parsed.type) {
    case 'version': {
      const { readVersions } = await import('../runner/versions.ts')
      streams.stdout.write(`${readVersions().flawline}\n`)
      return EXIT_OK
    }
    case 'help': {
      const { commandHelp, overview } = await import('./help-text.ts')
      const { listSpecs } = await import('../runner/spec/find.ts')
      const { command, options } = parsed
      const text =
        command === undefined ? overview(await listSpecs((await ioOf(options, streams)).root)) : commandHelp(command)
      streams.stdout.write(text)
      return EXIT_OK
    }
    case 'command': {
      const { loadCommand } = await import('./load-command.ts')
      const io = await ioOf(parsed.options, streams)
      const command = await loadCommand(parsed.command.name)
      return command.run({ ...parsed, argv, io }).catch((error: unknown) => rethrow(error, io))
    }
  }
}

/** Damage that LMDB tells of is no bug. */
async function rethrow(error: unknown, { root, environment }: Io): Promise<never> {
  if (error instanceof Failure) throw error
  const [{ damageSeen }, { foldersOf }] = [
    await import('../runner/damage.ts'),
    await import('../runner/environment.ts'),
  ]
  throw (await damageSeen(error, foldersOf(root, environment).cache)) ?? error
}

async function ioOf(options: Options, streams: Streams): Promise<Io> {
  const { openIo } = await import('./io.ts')
  return openIo(options, streams, workingFolder())
}

function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    throw new Failure('E403', 'the working folder is gone', { help: ['change to a folder that is there'] })
  }
}

/** Quietly where the reader has gone; else, such as on a full disk, with a line on the other stream. At once: nobody hears the rest. */
function endUnheard({ code = '' }: NodeJS.ErrnoException, name: 'stdout' | 'stderr'): never {
  if (code === 'EPIPE') process.exit(EXIT_PIPE)
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  try {
    if (name === 'stdout') writeSync(2, `error ${isFull ? 'E501' : 'E403'} cannot write to stdout: ${code}\n`)
  } finally {
    process.exit(isFull ? EXIT_STORAGE : EXIT_ENVIRONMENT)
  }
}

async function endInternally(error: unknown, { stderr }: Streams): Promise<never> {
  try {
    const [{ writeTrace }, { findRoot }] = [await import('./internal-error.ts'), await import('../runner/spec/find.ts')]
    stderr.write(writeTrace(error, findRoot(process.cwd())))
  } catch (second) {
    stderr.write(`error E901 internal error: ${inspect(error)}\n${inspect(second)}\n`)
  } finally {
    process.exit(EXIT_INTERNAL)
  }
}
