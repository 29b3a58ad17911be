import { Failure } from '../base/diagnostic.ts'
import { nearestNames } from '../base/nearest.ts'
import { listSpecs } from '../runner/spec/find.ts'
import { glyphOf, PLAIN_LOOK, STATES } from '../ui/look.ts'
import { COMMANDS } from './commands.ts'
import { EXIT_OK } from './exit-codes.ts'
import { commandHelp, overview, TOPICS } from './help-text.ts'
import type { Invocation } from './invocation.ts'

/** `pipeline help [TOPIC]`. */
export async function run({ arguments: words, io }: Invocation): Promise<number> {
  io.stdout.write(words.length === 0 ? overview(await listSpecs(io.root)) : textOf(words.join(' ')))
  return EXIT_OK
}

function textOf(topic: string): string {
  if (topic === 'states') return statesText()
  const command = COMMANDS.find(({ name }) => name === topic)
  if (command !== undefined) return commandHelp(command)
  if (Object.hasOwn(TOPICS, topic)) return TOPICS[topic]()
  const known = [...COMMANDS.map(({ name }) => name), ...Object.keys(TOPICS), 'states']
  const near = nearestNames(topic, known)
  throw new Failure('E001', `no help on "${topic}"`, {
    help: [near.length === 0 ? `topics: ${known.join(', ')}` : `did you mean ${near.join(', ')}?`],
  })
}

const MEANINGS: Readonly<Record<keyof typeof STATES, string>> = {
  fresh: "same key as in this spec's last successful run",
  cached: 'found by its key, made elsewhere, and verified',
  done: 'ran, outputs checked, published',
  'cut-off': 'an earlier stage ran, but its output came out as the same bytes',
  running: 'at work',
  waiting: 'for a stage or for the cores',
  skipped: 'did not run, because another stage failed or the run was stopped',
  failed: 'has a diagnostic',
}

const statesText = (): string =>
  Object.entries(STATES)
    .map(([name, mark]) => {
      const ascii = glyphOf(mark, { ...PLAIN_LOOK, ascii: true })
      return `${mark.glyph} ${ascii}  ${name.padEnd(9)}${MEANINGS[name as keyof typeof STATES]}\n`
    })
    .join('')
