import { describe, expect, test } from 'vitest'
import { writeTorchZip } from '../../bench/closed-formula-checkpoint.ts'
import { closedFormulaWeights, scramble } from '../../bench/closed-formula-weights.ts'
import { loadBackbone } from '../../models/backbone.ts'
import { readCheckpoint } from '../../models/checkpoint/read-checkpoint.ts'
import type { NameScheme } from '../../models/checkpoint/efficientnet-names.ts'
import type { Family } from '../../models/checkpoint/recognise.ts'
import type { Weights } from '../../models/checkpoint/tensors.ts'
import type { EfficientNetName } from '../../models/efficientnet-structure.ts'
import { goldenPattern } from '../fixtures/golden-pattern.ts'
import { moments } from '../fixtures/moments.ts'
import { runBackbone } from '../fixtures/run-backbone.ts'
import oracle from '../oracles/backbone-publishers.json' with { type: 'json' }

const TAPS = ['stage1', 'stage2', 'stage3', 'stage4', 'stage5', 'stage6']
/** float32 sums in another order through up to 45 layers. Another padding, epsilon or range is off by a hundred times more. */
const RELATIVE_ERROR = 1e-3

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

function safetensors(weights: Weights): Uint8Array {
  let end = 0
  const place = ({ byteLength }: Float32Array): [number, number] => [end, (end += byteLength)]
  const header = Object.fromEntries(
    [...weights].map(([name, { shape, data }]) => [name, { dtype: 'F32', shape, data_offsets: place(data) }]),
  )
  const text = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...header }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return Buffer.concat([length, text, ...[...weights.values()].map(({ data }) => bytesOf(data))])
}
const rms = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)

describe.each(oracle.cases)('$network of $family at $size px with weights of a closed formula', (reference) => {
  const { size, taps } = reference
  const [network, family, scheme] = [reference.network, reference.family, reference.scheme] as [
    EfficientNetName,
    Family,
    NameScheme,
  ]
  const weights = closedFormulaWeights(network, scheme)

  test('is the same network in .safetensors and .pth', () => {
    const [one, other] = [readCheckpoint(safetensors(weights)), readCheckpoint(writeTorchZip(weights))]
    expect([...one.keys()]).toEqual([...other.keys()])
    for (const [name, { shape, data }] of one) {
      expect(other.get(name)!.shape, name).toEqual(shape)
      expect(Buffer.compare(bytesOf(data), bytesOf(other.get(name)!.data)), name).toBe(0)
    }
  })

  test("has its publisher's six taps", { timeout: 120_000 }, async () => {
    const backbone = loadBackbone(network, safetensors(weights), { family })
    expect(backbone.family).toBe(family)
    const maps = await runBackbone(backbone, { pixels: goldenPattern(size), size, taps: TAPS })
    for (const [i, { shape, data }] of maps.entries()) {
      const expected = taps[i]
      expect(shape).toEqual(expected.shape)
      const differences = expected.samples.map((value, k) => data[scramble(k) % data.length] - value)
      expect(rms(differences) / rms(expected.samples), `${TAPS[i]}, samples`).toBeLessThan(RELATIVE_ERROR)
      const found = moments(data)
      expect(Math.abs(found.mean - expected.mean) / expected.std, `${TAPS[i]}, mean`).toBeLessThan(RELATIVE_ERROR)
      expect(Math.abs(found.std - expected.std) / expected.std, `${TAPS[i]}, std`).toBeLessThan(RELATIVE_ERROR)
    }
  })
})
