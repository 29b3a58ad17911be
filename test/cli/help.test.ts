import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../cli/commands.ts'
import { EXIT_CODES, exitOfSignal } from '../../cli/exit-codes.ts'
import { commandHelp, overview, TOPICS } from '../../cli/help-text.ts'

describe('help', () => {
  const texts = [
    ['overview', overview(['quickstart', 'other'])] as const,
    ...COMMANDS.map((command) => [command.name, commandHelp(command)] as const),
    ...Object.entries(TOPICS).map(([topic, text]) => [topic, text()] as const),
  ]
  for (const [name, text] of texts)
    test(`of ${name} fits 80 columns`, () => {
      expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
      expect(text.endsWith('\n')).toBe(true)
    })

  test('every example of a command names it', () => {
    for (const { name, examples } of COMMANDS)
      for (const example of examples) expect(example.startsWith(`pipeline ${name}`)).toBe(true)
  })

  test('run ends with the exit codes', () => {
    const run = COMMANDS.find(({ name }) => name === 'run')
    expect(commandHelp(run!)).toContain(`
Exit codes
    0  ok
    1  a stage failed
    2  usage or invalid spec
    3  gate not met
    4  environment
    5  storage
   70  internal error
  129  SIGHUP
  130  SIGINT
  141  reader closed the pipe
  143  SIGTERM
`)
  })

  test('signals end with the codes of the table', () => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
      expect(EXIT_CODES.find(({ meaning }) => meaning === signal)?.code).toBe(exitOfSignal(signal))
  })
})
