import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../base/diagnostic.ts'
import { seededRandom } from '../../base/random.ts'
import { readTorch } from '../../models/checkpoint/torch.ts'

const oracle = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, `../oracles/backbone-${name}.pth`))

describe.each(['zip', 'legacy'])('the %s format', (format) => {
  const weights = readTorch(oracle(format))
  const values = (name: string): number[] => [...weights.get(name)!.data]

  test('keeps names in file order and shapes', () => {
    expect([...weights].map(([name, { shape }]) => [name, shape])).toEqual([
      ['plain', [2, 3, 4]],
      ['strided', [4, 2, 3]],
      ['half', [2, 3]],
      ['count', []],
      ['double', [2]],
      ['parameter', [3]],
    ])
  })
  test('reads float, half, long and double storages', () => {
    expect(values('plain')).toEqual(Array.from({ length: 24 }, (_, i) => i))
    expect(values('half')).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25])
    expect(values('count')).toEqual([7])
    expect(values('double')).toEqual([0.5, -2])
    expect(values('parameter')).toEqual([1, 2, 3])
  })
  test('applies strides', () => {
    expect(values('strided').slice(0, 9)).toEqual([0, 4, 8, 12, 16, 20, 1, 5, 9])
  })
})

test.each(['wrapped-state-dict', 'wrapped-model'])('a state_dict is found in %s', (name) => {
  const weights = readTorch(oracle(name))
  expect([...weights.keys()]).toEqual(['weight', 'bias', 'running_mean', 'running_var', 'num_batches_tracked'])
  expect([...weights.get('running_var')!.data]).toEqual([1, 1, 1])
})

const refusal = (bytes: Uint8Array): string => {
  try {
    readTorch(bytes)
  } catch (error) {
    if (error instanceof Failure && error.diagnostic.code === 'E304') return error.message
    throw error
  }
  return 'accepted'
}

describe('what is no checkpoint is E304 that says what and where', () => {
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(), 'cut short, 1 bytes wanted, 0 left, at byte 0'],
    [
      'a page of HTML',
      new TextEncoder().encode('<!doctype html>'),
      'no weights of torch (pickle opcode 0x3c), at byte 0',
    ],
    ['half a zip', oracle('zip').subarray(0, 1000), 'cut short, the archive has no end record, at byte 1,000'],
    [
      'a pickle of a whole module',
      oracle('whole-module'),
      'calls "torch.nn.modules.linear.Linear", which no weights need',
    ],
  ])('%s', (_, bytes, message) => {
    expect(refusal(bytes)).toContain(message)
  })

  test('a legacy file without its last byte', () => {
    const bytes = oracle('legacy')
    expect(refusal(bytes.subarray(0, -1))).toMatch(
      /^checkpoint unreadable: cut short, \d+ bytes wanted, \d+ left, at byte [\d,]+$/,
    )
  })
  test('one changed bit in the data of a zip', () => {
    const bytes = Uint8Array.from(oracle('zip'))
    const data = bytes.findIndex(
      (_, i) => bytes[i] === 0 && bytes[i + 4] === 0 && bytes[i + 6] === 0x80 && bytes[i + 7] === 0x3f,
    )
    bytes[data + 6] ^= 1 // of 1.0, the second element of "plain"
    expect(refusal(bytes)).toMatch(/checksum of ".*\/data\/0" is wrong, at byte/)
  })
})

describe.each(['zip', 'legacy'])('damage to the %s format is E304 or harmless, never anything else', (format) => {
  const bytes = oracle(format)

  test('cut short anywhere', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(refusal(bytes.subarray(0, length))).toContain('unreadable')
  })
  test('any one byte changed', () => {
    const random = seededRandom('torch-reader', format)
    for (let at = 0; at < bytes.length; at++)
      for (let round = 0; round < 4; round++) {
        const damaged = Uint8Array.from(bytes)
        damaged[at] ^= 1 + random.below(255)
        refusal(damaged)
      }
  })
  test('several bytes changed', () => {
    const random = seededRandom('torch-reader, several', format)
    for (let round = 0; round < 5000; round++) {
      const damaged = Uint8Array.from(bytes)
      for (let i = 0; i < 5; i++) damaged[random.below(bytes.length)] = random.below(256)
      refusal(damaged)
    }
  })
})
