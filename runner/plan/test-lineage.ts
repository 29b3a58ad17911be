import { type Item, sourceDigest } from '../../artifacts/items.ts'
import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { type Diagnostic, Failure } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import type { Port, StageKind } from '../../stages/stage.ts'
import type { Outcome } from './outcome.ts'
import type { Table } from './tables.ts'

/** What is learnt from training images: a stage that gives one of these trains. */
const LEARNT: readonly ArtifactKind[] = ['cells', 'basis', 'model']

export const isLearnt = ({ gives }: StageKind): boolean => gives.some((artifact) => LEARNT.includes(artifact))

/** A port with what feeds it and, for per-item inputs, the items that it reads. */
interface Fed {
  readonly port: Port
  readonly from: Outcome
  readonly items?: readonly Item[]
}

/** Id of a test image that an output of this stage rests on, beyond the value of that image itself; undefined for none. */
export function testImageBehind(kind: StageKind, ports: readonly Fed[]): string | undefined {
  const before = ports.map(({ from }) => from.testImage).find((id) => id !== undefined)
  if (before !== undefined || kind.shape !== 'run') return before
  for (const { items = [] } of ports) {
    const test = items.find(({ split }) => split === 'test')
    if (test !== undefined) return test.id
  }
  return undefined
}

/**
 * Guarantee 9 where it counts, right before a stage that trains: nothing that it reads is a test image, shows the pixels of
 * one, or rests on one. Gives E214 with the names.
 */
export function refuseTestImages(kind: StageKind, ports: readonly Fed[]): Diagnostic | undefined {
  if (!trains(kind, ports)) return undefined
  const read = testImageBehind({ ...kind, shape: 'run' } as StageKind, ports)
  if (read !== undefined) return refused(`the test image ${read} would reach the training of ${kind.kind}`)
  for (const { items = [], from } of ports) {
    const pair = samePixels(items, from.table)
    if (pair !== undefined) return refused(`equal pixels in training and test: ${pair.train} and ${pair.test}`)
  }
  return undefined
}

function trains(kind: StageKind, ports: readonly Fed[]): boolean {
  if (isLearnt(kind)) return true
  const splits = ports.flatMap(({ port, items }) => (items === undefined ? [] : [port.splits]))
  return splits.some((each) => each?.includes('train')) && splits.every((each) => each?.includes('test') === false)
}

/** Digest of what an image shows as decoded; of its source, where that was not decoded yet. */
const pixelDigests =
  (pixels: Table['pixels']) =>
  ({ image }: Item): Digest => {
    const digest = sourceDigest(image.source)
    return pixels?.get(digest) ?? digest
  }

/** A trained image and a test image of the table that come from the same pixels, whatever their files say. */
function samePixels(
  trained: readonly Item[],
  { items, pixels }: Pick<Table, 'items' | 'pixels'>,
): { readonly train: string; readonly test: string } | undefined {
  const pixelsOf = pixelDigests(pixels)
  const tests = new Map<Digest, string>()
  for (const item of items) if (item.split === 'test') tests.set(pixelsOf(item), item.id)
  if (tests.size === 0) return undefined
  const leak = trained.find((item) => item.split !== 'test' && tests.has(pixelsOf(item)))
  return leak && { train: leak.id, test: tests.get(pixelsOf(leak))! }
}

const HELP = ['remove one of the two: a test image must never be trained on']

const refused = (message: string): Diagnostic =>
  new Failure('E214', message, {
    help: ['a stage that trains must read the split train alone, and nothing made of test images'],
  }).diagnostic

/** The same, for all pairs of a table, up to `most`: before anything is computed. */
export function leaks({ items, pixels }: Pick<Table, 'items' | 'pixels'>, most = 20): Diagnostic[] {
  const pixelsOf = pixelDigests(pixels)
  const trained = new Map<Digest, Item>()
  for (const item of items) if (item.split !== 'test' && item.copy === 0) trained.set(pixelsOf(item), item)
  const found: Diagnostic[] = []
  for (const item of items) {
    const other = item.split === 'test' ? trained.get(pixelsOf(item)) : undefined
    if (other === undefined) continue
    const same = sourceDigest(other.image.source) === sourceDigest(item.image.source) ? 'content' : 'pixels'
    found.push({
      code: 'E214',
      severity: 'error',
      message: `equal ${same} in training and test: ${other.id} and ${item.id}`,
      help: HELP,
    })
    if (found.length === most) break
  }
  return found
}
