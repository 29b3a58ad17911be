import { type Complete, RootCommand } from '@bomb.sh/tab'
import { foldersOf } from '../runner/environment.ts'
import { listRuns } from '../runner/history/find-run.ts'
import { openSpec } from '../runner/open-spec.ts'
import { findSpec, listSpecs } from '../runner/spec/find.ts'
import { STAGE_KINDS } from '../stages/registry.ts'
import { COMMANDS, type CommandRow } from './commands.ts'
import { SHELLS } from './completion.ts'
import { GLOBAL_OPTIONS, type OptionRow } from './options.ts'
import { openIo } from './io.ts'
import { Options, type Streams } from './invocation.ts'

/** Values that a word of a command line may have, by how its usage names it. */
type Candidates = Readonly<Record<string, readonly string[] | undefined>>

const SHOWN_RUNS = 20

/**
 * `pipeline complete -- WORDS`, which the scripts of `pipeline completion` call: what may stand for the last word, a line each.
 * Commands and options come from their tables, values from the project. Whatever goes wrong, there is nothing to offer.
 */
export async function complete(words: readonly string[], streams: Streams): Promise<void> {
  const candidates = await candidatesFor(words, streams).catch((): Candidates => ({}))
  const root = new RootCommand()
  for (const row of COMMANDS) addCommand(root, row, candidates)
  root.parse([...words])
}

async function candidatesFor(words: readonly string[], streams: Streams): Promise<Candidates> {
  const { cwd, root, environment } = openIo(new Options({}), streams, process.cwd())
  const specs = await listSpecs(root)
  const runs = listRuns(foldersOf(root, environment).runs)
  const named = words.slice(1, -1).find((word) => !word.startsWith('-')) // of `run SPEC ...` and its like
  const found = named === undefined ? undefined : await findSpec(named, { cwd, root })
  const request = { spec: { argument: named ?? '', cwd, root }, sets: [], environment }
  const opened = found?.ok === true ? await openSpec(request, found.value) : undefined
  const stages = opened?.ok === true ? opened.spec.stages.filter(({ implicit }) => implicit !== true) : []
  const names = [...new Set(stages.map(({ name }) => name))]
  const addresses = stages.map(({ address }) => address)
  const cells =
    opened?.ok === true ? opened.spec.labels.filter((label) => label !== '').map((label) => `@${label}`) : []
  const ids = ['last', ...runs.slice(0, SHOWN_RUNS).map(({ run }) => run)]
  return {
    SPEC: specs,
    SELECTOR: [...names, ...cells],
    STAGE: [...new Set([...names, ...addresses])],
    S: names,
    ADDRESS: addresses,
    RUN: ids,
    A: ids,
    B: ids,
    KIND: STAGE_KINDS.map(({ kind }) => kind),
    SHELL: SHELLS,
  }
}

function addCommand(root: RootCommand, { name, usage, sentence, options }: CommandRow, candidates: Candidates): void {
  const command = root.command(name, sentence)
  for (const word of usage.split(' ')) {
    const placeholder = /[A-Z]+/.exec(word)?.[0]
    if (placeholder !== undefined)
      command.argument(placeholder, offer(candidates[placeholder] ?? []), word.includes('...'))
  }
  for (const row of [...options, GLOBAL_OPTIONS].flatMap(([, rows]) => rows)) addOption(command, row, candidates)
}

function addOption(
  command: Pick<RootCommand, 'option'>,
  { flags, text, choices }: OptionRow,
  candidates: Candidates,
): void {
  const found = /^(?:-(?<short>\w), )?--(?<long>[\w-]+)(?: <(?<value>[^>]+)>)?/.exec(flags)!.groups!
  const { short, long, value } = found as { short?: string; long: string; value?: string }
  if (value === undefined) command.option(long, text, short)
  else command.option(long, text, offer(choices ?? candidates[value] ?? []), short)
}

const offer =
  (values: readonly string[]) =>
  (complete: Complete): void => {
    for (const value of values) complete(value, '')
  }
