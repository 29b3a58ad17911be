import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

interface Rule {
  readonly name: string
  readonly to: { readonly pathNot?: string }
}

const root = resolve(import.meta.dirname, '../..')
const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as { forbidden: readonly Rule[] }

/** Room -> rooms it may use, itself left out, as the rules that `npm run lint` checks have them. */
const checked = Object.fromEntries(
  forbidden
    .filter(({ name }) => name.endsWith('-may-use'))
    .map(({ name, to: { pathNot = '' } }) => {
      const room = name.slice(0, -'-may-use'.length)
      const allowed = /\((.*)\)/.exec(pathNot)?.[1].split('|') ?? []
      return [room, allowed.filter((each) => each !== room).sort()] as const
    }),
)

/** The same from the table of docs/architecture.md. */
const written = Object.fromEntries(
  [...readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(/^\| `(\w+)\/` \| .* \| (.*) \|$/gm)].map(
    ([, room, uses]) => [room, uses === '-' ? [] : uses.split(', ').sort()] as const,
  ),
)

test('the table of rooms says what the checked rules say', () => {
  expect(written).toMatchObject(checked)
})

test('the table of rooms has all rooms', () => {
  expect(Object.keys(written).sort()).toEqual([...Object.keys(checked), 'cli', 'runner'].sort())
})
