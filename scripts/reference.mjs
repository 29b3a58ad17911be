// Writes docs/reference.md and the table of stage kinds in README.md from the code: node scripts/reference.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { bundle } from './bundle.mjs'

const ROOT = join(import.meta.dirname, '..')

/** When each event is sent. A type that `runner/events.ts` adds or drops fails the script until it stands here, or no longer does. */
const EVENT_MOMENTS = {
  'run.start': 'at once, before the spec is read',
  'run.plan': 'planned; nothing has run',
  diagnostic: 'any error or warning',
  'plan.progress': 'planning takes long: reading digests, decoding new images',
  'stage.queued': 'all that a stage needs has ended, and it waits for the cores',
  'lock.wait': 'another process makes this key; its result is waited for',
  'lock.got': 'that process is done with it',
  'resource.wait': 'ready for 2 s, and a named resource is not free',
  'stage.start': 'work begins',
  'stage.progress': 'at most 4 a stage and second',
  'stage.metric': 'loss of an epoch and the like',
  'stage.log': 'a line of a stage, or of a library inside it',
  'stage.retry': 'an attempt failed in a way that may pass; before the next one',
  'stage.artifact': 'an output was published',
  'stage.end': 'exactly one for each stage of `run.plan`',
  audit: 'with --audit: a share of what was reused was computed again and compared',
  'cache.evict': 'room was made in the cache before the first stage',
  'cache.corrupt': 'damage was found in the cache and set aside',
  gate: 'a limit of `fail_under`, after all stages have ended',
  comparison: 'a run with variants: one for each verdict, after the gates',
  'run.interrupt': 'a signal or Ctrl-C',
  'run.end': 'the last line, however the run ended',
}

const cell = (text) => text.replace(/\s+/g, ' ').replace(/\|/g, '\\|')
const table = (head, rows) =>
  [
    `| ${head.join(' | ')} |`,
    `|${' --- |'.repeat(head.length)}`,
    ...rows.map((row) => `| ${row.map((each) => cell(String(each))).join(' | ')} |`),
  ].join('\n')
const code = (text) => (text === '' ? '' : `\`${text}\``)

/** Neighbours that differ in name and weights alone stand together, so that eleven networks are one row. */
function groupKinds({ kinds, portsText, settingRows }) {
  const groups = []
  let last
  for (const kind of kinds) {
    const like = JSON.stringify([
      kind.version,
      kind.paper,
      portsText(kind),
      settingRows(kind.settings),
      kind.weights === undefined,
    ])
    if (like === last) groups.at(-1).push(kind)
    else groups.push([kind])
    last = like
  }
  return groups
}

const groupName = (group) =>
  group.length === 1 ? code(group[0].kind) : `${code(group[0].kind)} ... ${code(group.at(-1).kind)}`
const groupSummary = ([{ kind, summary }, ...others]) =>
  others.length === 0 ? summary : summary.replace(kind.slice(kind.indexOf('/') + 1), 'the network')

/** The stage kinds, one row each: for the README. */
const stageTable = (tables) =>
  table(
    ['kind', 'needs -> gives', 'what it does'],
    groupKinds(tables).map((group) => [groupName(group), code(tables.portsText(group[0])), groupSummary(group)]),
  )

function stageSections(tables) {
  return groupKinds(tables).map(([first, ...others]) => {
    const text = tables.kindReference([first]).replace(/^## /, '### ').trimEnd()
    return others.length === 0
      ? text
      : `${text}\n\nThe same settings, each for its own network: ${others.map(({ kind }) => code(kind)).join(', ')}.`
  })
}

/** Members of the union `EventBody`, with the names of their fields. */
function readEvents(source) {
  const file = ts.createSourceFile('events.ts', source, ts.ScriptTarget.Latest)
  const declared = new Map(
    file.statements.filter((each) => each.name !== undefined).map((each) => [each.name.text, each]),
  )
  const fieldsOf = (node) => {
    if (ts.isParenthesizedTypeNode(node)) return fieldsOf(node.type)
    if (ts.isIntersectionTypeNode(node)) return node.types.flatMap(fieldsOf)
    const members = ts.isTypeReferenceNode(node) ? declared.get(node.typeName.text).members : node.members
    return members.map(({ name, questionToken, type }) => ({
      name: name.text,
      optional: questionToken !== undefined,
      type,
    }))
  }
  return declared.get('EventBody').type.types.map((member) => {
    const fields = fieldsOf(member)
    const type = fields.find(({ name }) => name === 'type').type.literal.text
    return {
      type,
      fields: fields.filter(({ name }) => name !== 'type').map(({ name, optional }) => `${name}${optional ? '?' : ''}`),
    }
  })
}

function eventRows(source) {
  const events = readEvents(source)
  const known = Object.keys(EVENT_MOMENTS)
  const differing = [
    ...known.filter((type) => !events.some((event) => event.type === type)),
    ...events.map(({ type }) => type).filter((type) => !known.includes(type)),
  ]
  if (differing.length > 0)
    throw new Error(`EVENT_MOMENTS of scripts/reference.mjs and runner/events.ts differ in ${differing.join(', ')}`)
  return events.map(({ type, fields }) => [code(type), fields.map(code).join(', '), EVENT_MOMENTS[type]])
}

const severityOf = (diagnosticCode) => (diagnosticCode.startsWith('W') ? 'warning' : 'error')

function diagnosticRow({ code: name, meaning }, exitOf) {
  const severity = severityOf(name)
  return [name, severity, meaning, severity === 'error' ? exitOf([{ code: name, severity, message: '' }]) : '']
}

/** The whole of docs/reference.md. */
export const referenceText = (tables) =>
  [
    '# Reference',
    '',
    '<!-- Written by scripts/reference.mjs from the code; change the code, then run it again. -->',
    '',
    'Contents: [commands](#commands), [stage kinds](#stage-kinds), [diagnostics](#diagnostics), [exit codes](#exit-codes), [environment](#environment), [events](#events).',
    '',
    '## Commands',
    '',
    'Options of a command: `pipeline COMMAND --help`.',
    '',
    table(
      ['command', 'what it does'],
      tables.commands.map(({ name, usage, sentence }) => [code(`pipeline ${name} ${usage}`.trimEnd()), sentence]),
    ),
    '',
    '## Stage kinds',
    '',
    'Ports: what a kind needs, then what it gives; `?` marks an input that may be left out. The column thesis holds the default under `protocol: thesis` where it is another one.',
    'The same for one kind in the terminal: `pipeline stages KIND`.',
    '',
    `${stageSections(tables).join('\n\n')}`,
    '',
    '## Diagnostics',
    '',
    'Exit code: that of an error found before the first stage started. Inside a running stage any error fails that stage, and the run ends with 1 (E501: with 5).',
    'With `acquire.on_bad: skip`, E210 (a name that does not fit), E212 and E217 are told as warnings and the image is left out.',
    '',
    table(
      ['code', 'severity', 'meaning', 'exit code'],
      tables.codes.map((row) => diagnosticRow(row, tables.exitOf)),
    ),
    '',
    '## Exit codes',
    '',
    table(
      ['code', 'meaning', 'when'],
      tables.exitCodes.map(({ code: exit, meaning, when }) => [exit, meaning, when]),
    ),
    '',
    'Of several: a signal, then 141, 70, 5, 4, 1, 3.',
    '',
    '## Environment',
    '',
    'Option over environment over spec over default. ROOT is the nearest parent folder that holds `.pipeline/` or `pipelines/`, else the working folder; STATE is `PIPELINE_STATE_DIR`.',
    '',
    table(
      ['variable', 'option', 'default', 'what'],
      tables.variables.map(({ name, option = '', default: value, what }) => [
        code(name),
        code(option),
        code(value),
        what,
      ]),
    ),
    '',
    `Honoured as well: ${tables.foreignVariables.map(code).join(', ')}.`,
    '',
    '## Events',
    '',
    '`pipeline run SPEC --ui json` writes one event a line to stdout; `.pipeline/runs/ID/events.jsonl` holds the same lines. Every event also has `v` (1), `seq` (from 0, without gaps), `t` (ms since the start), `run` and `type`.',
    'Readers must ignore types and fields that they do not know. Field types stand in `runner/events.ts`.',
    '',
    table(['type', 'fields', 'when'], eventRows(tables.eventsSource)),
    '',
  ].join('\n')

const STAGES = /(<!-- stage kinds: written by scripts\/reference\.mjs -->\n)[^]*?(<!-- end of stage kinds -->)/

/** README.md with its table of stage kinds made anew. */
export function withStageTable(readme, tables) {
  if (!STAGES.test(readme)) throw new Error('README.md has lost the marks around its table of stage kinds')
  return readme.replace(STAGES, (_, before, after) => `${before}\n${stageTable(tables)}\n\n${after}`)
}

async function compiledTables() {
  const files = {
    registry: 'stages/registry.ts',
    text: 'cli/kind-text.ts',
    settings: 'cli/setting-rows.ts',
    exits: 'cli/exit-codes.ts',
    environment: 'cli/environment.ts',
    commands: 'cli/commands.ts',
    codes: 'base/codes.ts',
    runner: 'runner/exit-codes.ts',
  }
  const folder = join(ROOT, 'node_modules/.cache/reference')
  await bundle(files, folder)
  const load = async (name) => [name, await import(join(folder, `${name}.js`))]
  const loaded = Object.fromEntries(await Promise.all(Object.keys(files).map(load)))
  const { registry, text, settings, exits, environment, commands, codes, runner } = loaded
  return {
    kinds: registry.STAGE_KINDS,
    ...text,
    ...settings,
    exitCodes: exits.EXIT_CODES,
    variables: environment.VARIABLES,
    foreignVariables: environment.FOREIGN_VARIABLES,
    commands: commands.COMMANDS,
    codes: codes.CODES,
    exitOf: runner.exitOf,
    eventsSource: readFileSync(join(ROOT, 'runner/events.ts'), 'utf8'),
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tables = await compiledTables()
  const readme = join(ROOT, 'README.md')
  writeFileSync(join(ROOT, 'docs/reference.md'), referenceText(tables))
  writeFileSync(readme, withStageTable(readFileSync(readme, 'utf8'), tables))
}
