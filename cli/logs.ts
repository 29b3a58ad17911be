import { Failure } from '../base/diagnostic.ts'
import { sanitize } from '../base/sanitize.ts'
import { foldersOf } from '../runner/environment.ts'
import { findRun, readRun } from '../runner/history/find-run.ts'
import { followLog } from '../runner/history/follow-log.ts'
import { readLog } from '../runner/history/read-log.ts'
import { findAddress } from '../runner/select/find-address.ts'
import { parseCount } from './environment.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'

/** `pipeline logs ADDRESS`: what a stage said, on stdout. */
export async function run({ arguments: [text], options, io }: Invocation): Promise<number> {
  if ((text as string | undefined) === undefined)
    throw new Failure('E001', 'the log of which stage?', {
      help: ['pipeline logs ADDRESS, such as: pipeline logs train'],
    })
  if (io.json) throw new Failure('E005', 'logs has no --json: --raw gives the file as it is')
  const folders = foldersOf(io.root, io.environment)
  const { run: id } = findRun(folders.runs, options.text('run') ?? 'last')
  const tail = options.text('tail')
  const last = tail === undefined ? Infinity : parseCount('--tail', tail)
  const raw = options.has('raw')
  const document = readRun(folders.runs, id)
  const stage = findAddress(document.stages, text)
  if (
    options.has('follow') &&
    document.result === 'running' &&
    (stage.state === 'running' || stage.state === 'waiting')
  ) {
    await followLog({ folders, run: id, address: stage.address, last }, (lines) => io.stdout.write(shown(lines)))
    return EXIT_OK
  }
  const log = await readLog(folders, id, stage)
  io.stdout.write(raw && last === Infinity ? log : shown(lastLines(log, last)))
  return EXIT_OK

  function shown(lines: readonly string[]): string {
    return lines.map((line) => `${raw ? line : sanitize(line)}\n`).join('')
  }
}

function lastLines(text: string, last: number): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return last === Infinity ? lines : lines.slice(-last)
}
