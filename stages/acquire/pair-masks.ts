import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import { didYouMean, type Finding, finding, helpLine, moreOf } from './finding.ts'
import type { ImageFile, LayoutSettings, MaskFile } from './layout.ts'
import type { FoundFile } from './walk-folder.ts'

export interface Pairing {
  /** Image id -> its mask. */
  readonly maskOf: ReadonlyMap<string, MaskFile>
  readonly findings: readonly Finding[]
}

/** The formats that people have; all others of `EXTENSIONS` work as well. */
const USUAL = 'png, jpg or jpeg'

/**
 * Pairs masks with the test images of equal name, never by order. Findings, each standing for all of its code:
 * E211, E215 (defective images only, where others of their folder have masks), E216.
 */
export function pairMasks(
  images: readonly ImageFile[],
  masks: readonly MaskFile[],
  { dir, suffix }: LayoutSettings['masks'],
): Pairing {
  const tested = images.filter(({ split }) => split === 'test')
  const maskByPair = new Map(masks.map((mask) => [mask.pair, mask]))
  const maskOf = new Map<string, MaskFile>()
  for (const { id, pair } of tested) {
    const mask = maskByPair.get(pair)
    if (mask !== undefined) maskOf.set(id, mask)
  }
  const imagePairs = new Set(tested.map(({ pair }) => pair))
  const lonely = masks.filter(({ pair }) => !imagePairs.has(pair))
  const unpaired = tested.filter(({ id }) => !maskOf.has(id))
  const masked = new Set(tested.filter(({ id }) => maskOf.has(id)).map(({ folder }) => folder))
  const unmasked = unpaired.filter(({ label, folder }) => label === 'nok' && masked.has(folder))

  const findings = [
    ...twins('two images of one id', images, ({ bare }) => bare),
    ...twins('two masks of one image', masks, ({ pair }) => pair),
  ]
  if (lonely.length > 0) {
    const expected = `expected test/${sanitize(lonely[0].pair)} as ${USUAL}`
    const more = moreOf(lonely.length, 'mask has no image', 'masks have no image')
    const help = helpLine(expected, meant(lonely[0], unpaired), more)
    findings.push(finding('E211', lonely[0].id, 'mask without image', [help]))
  }
  if (unmasked.length > 0) {
    const name = `${unmasked[0].pair}${suffix}`
    const names = new Map(lonely.map(({ named, id }) => [named, id]))
    const near = nearestNames(name, names.keys()).map((other) => names.get(other)!)
    const more = moreOf(unmasked.length, 'image has no mask', 'images have no mask')
    const help = helpLine(`expected ${dir}/${sanitize(name)} as ${USUAL}`, didYouMean(near), more)
    findings.push(finding('E215', unmasked[0].id, 'image without mask', [help]))
  }
  return { maskOf, findings }
}

/** Files whose names differ in the extension alone. */
function twins<T extends FoundFile>(message: string, files: readonly T[], key: (file: T) => string): Finding[] {
  const firsts = new Map<string, string>()
  const pairs: [string, string][] = []
  for (const file of files) {
    const first = firsts.get(key(file))
    if (first === undefined) firsts.set(key(file), file.id)
    else pairs.push([first, file.id])
  }
  if (pairs.length === 0) return []
  const [first, second] = pairs[0]
  const help = helpLine('rename or remove one of them', moreOf(pairs.length, 'such pair', 'such pairs'))
  return [finding('E216', second, `${message}: ${sanitize(first)} and ${sanitize(second)}`, [help])]
}

/** What the name of a lonely mask may have been meant to be: a near name, or a suffix that the settings do not say. */
function meant(mask: MaskFile, unpaired: readonly ImageFile[]): string {
  const byPath = new Map(unpaired.map(({ bare, id }) => [bare, id]))
  const near = nearestNames(`test/${mask.pair}`, byPath.keys())
  if (near.length > 0) return didYouMean(near.map((path) => byPath.get(path)!))
  const longest = unpaired
    .map(({ pair }) => pair)
    .filter((pair) => mask.named.startsWith(pair))
    .sort((a, b) => b.length - a.length)
    .at(0)
  return longest === undefined ? '' : `did you mean masks.suffix: "${sanitize(mask.named.slice(longest.length))}"?`
}
