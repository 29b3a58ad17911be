import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { EXAMPLE, specOf } from './rig.ts'

/** The example as plain data, to be written in other ways. */
const DATA = parse(EXAMPLE) as Record<string, unknown>

/** The same value with the keys of every map in an order that `random` gives. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, random))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map((entry) => ({ entry, at: random() }))
  entries.sort((a, b) => a.at - b.at)
  return Object.fromEntries(entries.map(({ entry: [name, member] }) => [name, shuffled(member, random)]))
}

/** Other spellings of the numbers of the example: 0.9 as 0.90 or 9e-1, 512 as 512.0 or 0x200. */
const SPELLINGS = new Map([
  ['0.85', ['0.850', '8.5e-1', '.85']],
  ['512', ['512.0', '0x200', '5.12e2', '0o1000']],
  ['60', ['60.0', '6e1', '+60']],
  ['0.001', ['1e-3', '1.0E-3', '0.0010']],
])

test('order of keys, comments, blanks, style and spelling of numbers change neither settings nor digest', async () => {
  const expected = await specOf(EXAMPLE)
  const settings = new Map(
    expected.stages.map((stage) => [JSON.stringify([stage.name, stage.variant]), stage.settings]),
  )
  const cases = fc.record({
    seed: fc.array(fc.nat(1000), { minLength: 20, maxLength: 20 }),
    comments: fc.boolean(),
    flow: fc.constantFrom('block', 'flow', 'any'),
    indent: fc.integer({ min: 1, max: 6 }),
    quotes: fc.boolean(),
    spelling: fc.nat(3),
    crlf: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, comments, flow, indent, quotes, spelling, crlf }) => {
      let next = 0
      const data = shuffled(DATA, () => seed[next++ % seed.length] + next / 1e6)
      const style = flow === 'any' ? {} : { collectionStyle: flow }
      let text = stringify(data, {
        indent,
        ...style,
        defaultStringType: quotes ? 'QUOTE_DOUBLE' : 'PLAIN',
        lineWidth: 0,
      })
      for (const [plain, others] of SPELLINGS) {
        const other = others[spelling % others.length]
        text = text.replace(new RegExp(`(?<=[\\s,[])${plain.replace('.', '\\.')}(?=[\\s,\\]}])`, 'g'), other)
      }
      if (comments) text = `# first\n\n${text.replace(/\n/g, ' # remark\n\n')}`
      const spec = await specOf(crlf ? text.replaceAll('\n', '\r\n') : text)
      expect(spec.digest).toBe(expected.digest)
      expect(spec.stages).toHaveLength(33)
      for (const stage of spec.stages) {
        expect(stage.settings).toEqual(settings.get(JSON.stringify([stage.name, inOrder(stage.variant)])))
      }
    }),
    { numRuns: 60, seed: 1 },
  )
})

/** Axes in the order of the example, whatever the order in the text. */
const inOrder = (variant: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(['variance', 'lr'].filter((axis) => axis in variant).map((axis) => [axis, variant[axis]]))

test('a changed setting, parameter, seed or axis changes the digest', async () => {
  const digests = await Promise.all(
    [
      EXAMPLE,
      EXAMPLE.replace('size: 512', 'size: 256'),
      EXAMPLE.replace('grid: 170', 'grid: 128'),
      EXAMPLE.replace('seed: 7', 'seed: 8'),
      EXAMPLE.replace('0.95', '0.96'),
      EXAMPLE.replace('group_by: time', 'group_by: "7"'),
      EXAMPLE.replace('protocol: standard', 'protocol: thesis'),
    ].map(async (text) => (await specOf(text)).digest),
  )
  expect(new Set(digests).size).toBe(7)
})
