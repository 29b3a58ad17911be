import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CODES } from '../../base/codes.ts'
import { COMMANDS } from '../../cli/commands.ts'
import { FOREIGN_VARIABLES, VARIABLES } from '../../cli/environment.ts'
import { EXIT_CODES } from '../../cli/exit-codes.ts'
import { kindReference, portsText } from '../../cli/kind-text.ts'
import { settingRows } from '../../cli/setting-rows.ts'
import { exitOf } from '../../runner/exit-codes.ts'
import { STAGE_KINDS } from '../../stages/registry.ts'

const root = resolve(import.meta.dirname, '../..')
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

const tables = {
  kinds: STAGE_KINDS,
  portsText,
  kindReference,
  settingRows,
  exitCodes: EXIT_CODES,
  variables: VARIABLES,
  foreignVariables: FOREIGN_VARIABLES,
  commands: COMMANDS,
  codes: CODES,
  exitOf,
  eventsSource: textOf('runner/events.ts'),
}

interface Script {
  readonly referenceText: (from: typeof tables) => string
  readonly withStageTable: (readme: string, from: typeof tables) => string
}
const script = new URL('../../scripts/reference.mjs', import.meta.url)
const { referenceText, withStageTable } = (await import(script.href)) as Script

/** Codes that the sources of a room can print; what comments mention does not count. */
function printedCodes(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && join(room, path) !== join('base', 'codes.ts'))
    .flatMap((path) => {
      const code = textOf(join(room, path)).replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '')
      return code.match(/\b[EW][0-9]{3}\b/g) ?? []
    })
}

test('docs/reference.md says what the code says: else run node scripts/reference.mjs', () => {
  expect(textOf('docs/reference.md')).toBe(referenceText(tables))
})

test('the table of stage kinds in the README is that of the code: else run node scripts/reference.mjs', () => {
  const readme = textOf('README.md')
  expect(readme).toBe(withStageTable(readme, tables))
})

test('every code that can be printed is in base/codes.ts, and no other', () => {
  const rooms = [
    'engine',
    'imaging',
    'metrics',
    'models',
    'artifacts',
    'cache',
    'stages',
    'runner',
    'ui',
    'cli',
    'base',
  ]
  const printed = new Set(rooms.flatMap(printedCodes))
  expect(CODES.map(({ code }) => code).sort()).toEqual([...printed].sort())
})

test('no code has two meanings', () => {
  expect(new Set(CODES.map(({ code }) => code)).size).toBe(CODES.length)
})

test('the reference names every command, kind and setting', () => {
  const text = referenceText(tables)
  for (const { name } of COMMANDS) expect(text).toContain(`\`pipeline ${name}`)
  for (const { kind, settings } of STAGE_KINDS) {
    expect(text).toContain(kind)
    for (const { name } of settingRows(settings)) expect(text).toContain(`| \`${name}\` |`)
  }
})

test('an event that the table of moments lacks fails the reference', () => {
  const eventsSource = tables.eventsSource.replace("'run.interrupt'", "'run.paused'")
  expect(() => referenceText({ ...tables, eventsSource })).toThrow('differ in run.interrupt, run.paused')
})
