import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { readCheckpoint } from '../../models/checkpoint/read-checkpoint.ts'

const FILE = readFileSync(new URL('../oracles/backbone.safetensors', import.meta.url))

/** A file with this header, then `bytes` zeros. */
function fileOf(header: unknown, bytes: number): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, Buffer.alloc(bytes)])
}

const refusal = (bytes: Uint8Array): string => {
  try {
    readCheckpoint(bytes)
  } catch (error) {
    if (error instanceof Failure && error.diagnostic.code === 'E304') return error.message
    throw error
  }
  return 'accepted'
}

describe('a .safetensors file of the format’s own library', () => {
  const weights = readCheckpoint(FILE)
  test.each([
    ['plain', [2, 3, 4], Array.from({ length: 24 }, (_, i) => i)],
    ['half', [2, 3], [0, 0.25, 0.5, 0.75, 1, 1.25]],
    ['brain', [3], [1.5, -2, 0]],
    ['double', [2], [0.5, -2]],
    ['count', [], [7]],
  ])('has %s', (name, shape, values) => {
    expect(weights.get(name)!.shape).toEqual(shape)
    expect([...weights.get(name)!.data]).toEqual(values)
  })
  test('has nothing else', () => expect(weights.size).toBe(5))
})

test.each<[string, Uint8Array, string]>([
  ['cut short', FILE.subarray(0, FILE.length - 1), 'does not fit'],
  ['cut within its header', FILE.subarray(0, 40), 'cut short'],
  ['without a header in JSON', fileOf('{"a', 0), 'the header is no JSON'],
  [
    'of a type that no weights have',
    fileOf({ a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] } }, 2),
    'a is of type U8',
  ],
  [
    'with a shape that does not fit',
    fileOf({ a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4),
    'does not fit',
  ],
  ['with a hole', fileOf({ a: { dtype: 'F16', shape: [1], data_offsets: [2, 4] } }, 4), 'does not fit'],
  [
    'with bytes behind the last tensor',
    fileOf({ a: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }, 3),
    '1 bytes',
  ],
  ['without the place of a tensor', fileOf({ a: { dtype: 'F32', shape: [-1] } }, 0), 'no type, shape and place of "a"'],
])('a file %s is E304', (_, bytes, words) => {
  expect(refusal(bytes)).toContain('checkpoint unreadable: ')
  expect(refusal(bytes)).toContain(words)
})
