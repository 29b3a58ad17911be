import { expect, test } from 'vitest'
import { loadSpec } from '../../runner/spec/load.ts'
import { around, faultLines, faultsOf, helpOf, specOf, withFiles } from './rig.ts'

const ACQUIRE = '  acquire: { uses: acquire/folder, with: { dir: data } }\n'

test.each([
  ['nothing', '', ['1:1 E101 the spec is empty']],
  ['only a comment', '# later\n', ['1:1 E101 the spec is empty']],
  ['a list', '- a\n', ['1:1 E105 a spec must be a map']],
  ['a tab as indentation', 'stages:\n\tacquire:\n', ['2:1 E101 tabs are not allowed as indentation']],
  [
    'an open bracket',
    'version: [1\nname: x\n',
    ['2:1 E101 flow sequence in block collection must be sufficiently indented and end with a ]'],
  ],
  ['two documents', 'version: 1\n---\nversion: 1\n', ['2:1 E101 source contains multiple documents']],
  ['a NUL', 'version: 1\u0000\n', ['1:11 E101 character \\x00 in the text']],
  ['an escape sequence', 'name: "\u001b[2J"\n', ['1:8 E101 character \\x1b in the text']],
  ['a tag', 'version: !!binary aGVsbG8=\n', ['1:10 E101 unresolved tag: tag:yaml.org,2002:binary']],
  ['an alias of nothing', around(`  acquire: *gone\n`), ['4:12 E101 no anchor &gone']],
  ['an alias of itself', around(`  acquire: &a { uses: *a }\n`), ['4:23 E101 *a contains itself']],
  ['a key twice', `version: 1\nname: a\nname: b\nstages:\n${ACQUIRE}`, ['3:1 E102 key name stands twice']],
  ['a list as key', around(`${ACQUIRE}  ? [a]\n  : b\n`), ['5:5 E105 a key must be plain text']],
  [
    'infinity',
    around('  acquire: { uses: acquire/folder, with: { dir: .inf } }\n'),
    ['4:49 E105 .inf is no finite number'],
  ],
])('%s is told with a code and a place', async (_, text, expected) => {
  expect(await faultsOf(text)).toEqual(expected)
})

test('a hundred thousand brackets are one fault, not a crash', async () => {
  expect(await faultsOf('['.repeat(100_000))).toEqual(['1:64 E101 nested more than 64 levels deep'])
  expect(await faultsOf(`stages: ${'a: '.repeat(50_000)}`)).toEqual([
    expect.stringContaining('E101 nested more than 64 levels deep'),
  ])
  expect(await faultsOf('- '.repeat(50_000))).toEqual(['1:129 E101 nested more than 64 levels deep'])
})

test('a deep indentation is one fault', async () => {
  const text = Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
  expect(await faultsOf(text)).toEqual(['64:65 E101 nested more than 64 levels deep'])
})

test('aliases of aliases that make billions of values are told', async () => {
  const lines = Array.from({ length: 12 }, (_, i) => `  a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`)
  const faults = await faultsOf(`params:\n  a0: &a0 [x]\n${lines.join('\n')}\n`)
  expect(faults).toEqual(['1:1 E101 aliases make more than 100,000 values of this text'])
})

test('a file of 2 MB is no spec', async () => {
  expect(await faultsOf('# '.repeat(1 << 20))).toEqual(['1:1 E101 the file is larger than 1 MB'])
})

test('bytes that are no UTF-8 are told', async () => {
  await withFiles({ 'a.yaml': new Uint8Array([0x76, 0xff, 0xfe, 0x00]) }, async (folder) => {
    const loaded = await loadSpec({ path: `${folder}/a.yaml`, cwd: folder, root: folder, kinds: [] })
    expect(faultLines(loaded)).toEqual(['a.yaml:1:1 E101 cannot read a.yaml: it is not UTF-8 text'])
  })
})

test('a byte order mark and CRLF change nothing', async () => {
  const text = around(ACQUIRE)
  const spec = await specOf(text)
  expect((await specOf(`\ufeff${text.replaceAll('\n', '\r\n')}`)).digest).toBe(spec.digest)
})

test('an anchor means the nearest one before the alias', async () => {
  const spec = await specOf(
    around('  a: { uses: acquire/folder, with: &w { dir: x } }\n  b: { uses: acquire/folder, with: *w }\n'),
  )
  expect(spec.stages.map(({ settings }) => settings.dir)).toEqual(['x', 'x'])
})

test('YAML 1.2: no is a text, 0o17 a number, << an ordinary key', async () => {
  const spec = await specOf(around('  acquire: { uses: acquire/folder, with: { dir: no } }\n'))
  expect(spec.stages[0].settings.dir).toBe('no')
  expect((await specOf(around(ACQUIRE, 'seed: 0o17\n'))).seed).toBe(15)
  expect(
    await faultsOf(around(`  acquire: { <<: { uses: acquire/folder }, uses: acquire/folder, with: { dir: x } }\n`)),
  ).toEqual(['4:14 E104 unknown key << in acquire'])
})

test('a bare reference in braces gets the help that it needs', async () => {
  const loaded = await faultsOf(around('  acquire: { uses: acquire/folder, with: { dir: ${params.data} } }\n'))
  expect(loaded[0]).toMatch(/^4:50 E101 /)
  expect(await helpOf('version: 1\n---\n')).toEqual(['keep one spec in a file'])
})
