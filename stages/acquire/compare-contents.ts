import { sanitize } from '../../base/sanitize.ts'
import { type Finding, finding, helpLine, moreOf } from './finding.ts'
import type { ImageFile, MaskFile } from './layout.ts'
import type { Content } from './read-contents.ts'

/**
 * What contents tell about the set, one finding for all of a code: E213 mask and image differ in size, E214 a test image
 * is a training image too, W226 equal images in one split. Files without content are left alone.
 */
export function compareContents(
  images: readonly ImageFile[],
  maskOf: ReadonlyMap<string, MaskFile>,
  contents: ReadonlyMap<string, Content>,
): Finding[] {
  return [...otherSizes(images, maskOf, contents), ...equalContents(images, contents)]
}

function otherSizes(
  images: readonly ImageFile[],
  maskOf: ReadonlyMap<string, MaskFile>,
  contents: ReadonlyMap<string, Content>,
): Finding[] {
  const wrong: { readonly id: string; readonly image: Content; readonly mask: Content }[] = []
  for (const { id } of images) {
    const image = contents.get(id)
    const maskId = maskOf.get(id)?.id
    const mask = maskId === undefined ? undefined : contents.get(maskId)
    if (maskId === undefined || image === undefined || mask === undefined) continue
    if (image.width !== mask.width || image.height !== mask.height) wrong.push({ id: maskId, image, mask })
  }
  if (wrong.length === 0) return []
  const [{ id, image, mask }] = wrong
  const message = `mask is ${mask.width} x ${mask.height} px, its image ${image.width} x ${image.height} px`
  const more = moreOf(wrong.length, 'mask differs in size', 'masks differ in size')
  return [finding('E213', id, message, [helpLine('a mask is drawn at the size of its image', more)])]
}

function equalContents(images: readonly ImageFile[], contents: ReadonlyMap<string, Content>): Finding[] {
  const firsts = { train: new Map<string, ImageFile>(), test: new Map<string, ImageFile>() }
  const repeats: [ImageFile, ImageFile][] = []
  const leaks: [ImageFile, ImageFile][] = []
  for (const image of images) {
    const digest = contents.get(image.id)?.digest
    if (digest === undefined) continue
    const first = firsts[image.split].get(digest)
    if (first === undefined) firsts[image.split].set(digest, image)
    else repeats.push([image, first])
  }
  for (const [digest, image] of firsts.test) {
    const trained = firsts.train.get(digest)
    if (trained !== undefined) leaks.push([image, trained])
  }
  const findings: Finding[] = []
  if (leaks.length > 0) {
    const [image, trained] = leaks[0]
    const more = moreOf(leaks.length, 'test image is in training too', 'test images are in training too')
    findings.push({
      ...finding('E214', image.id, 'equal content in training and test', [
        helpLine('remove it from one of them', more),
      ]),
      related: [{ message: 'the same bytes are here', id: trained.id }],
    })
  }
  if (repeats.length > 0) {
    const [image, first] = repeats.find(([a, b]) => a.label !== b.label) ?? repeats[0]
    const other = image.label === first.label ? '' : `, which is labelled ${first.label}`
    const more = moreOf(repeats.length, 'image repeats another one', 'images repeat another one')
    const help = helpLine('equal images stay in one split, and count as often as they are there', more)
    findings.push(finding('W226', image.id, `equal content as ${sanitize(first.id)}${other}`, [help]))
  }
  return findings
}
