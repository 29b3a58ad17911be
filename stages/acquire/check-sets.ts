import { lstat, readdir, stat } from 'node:fs/promises'
import { basename, dirname, posix } from 'node:path'
import { formatCount, plural } from '../../base/format.ts'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import { didYouMean, errorCode, type Finding, finding, helpLine, MAKE_READABLE, someOf } from './finding.ts'
import { EXTENSIONS, type ImageFile, type Layout, type LayoutSettings } from './layout.ts'
import type { Selected } from './select-by-name.ts'

const EXPECTED = 'expected a folder with train/ok, test/ok, test/nok and masks/nok'

/** E210 or E403 where `root`, which the settings call `dir`, is no folder that can be read. */
export async function whyNotReadable(root: string, dir: string): Promise<Finding | undefined> {
  try {
    if (!(await stat(root)).isDirectory()) return finding('E210', '', 'no image found: this is no folder', [EXPECTED])
    await readdir(root)
    return undefined
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'ENOENT') return finding('E403', '', `cannot read the folder: ${code}`, [MAKE_READABLE])
    const dangling = await lstat(root).then(
      () => true,
      () => false,
    )
    if (dangling) return finding('E210', '', 'no image found: the symlink leads nowhere', [EXPECTED])
    const beside = await readdir(dirname(root)).catch(() => [])
    const near = nearestNames(basename(root), beside).map((name) => posix.join(posix.dirname(dir), name))
    return finding('E210', '', 'no image found: no such folder', [helpLine(didYouMean(near), EXPECTED)])
  }
}

/** Training is on good images alone. */
export const isDefectInTraining = ({ split, label }: ImageFile): boolean => split === 'train' && label === 'nok'

interface Found {
  readonly layout: Layout
  readonly selected: Selected
  readonly beside: readonly string[]
}

/**
 * Sets without a single image, settings that name folders which are not there, and what is left out. Findings: E210,
 * W229 entries that are not read, W225 no test image, W227 defective images in train.
 */
export function checkSets({ layout, selected, beside }: Found, settings: LayoutSettings): Finding[] {
  const folders = beside.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1))
  return [
    ...(layout.images.length === 0
      ? [noImage(folders)]
      : [
          ...(selected.findings.length === 0 ? emptySplits(selected.images, folders) : []),
          ...missingLabels(layout.images, settings.labels),
        ]),
    ...missingMasks(layout, folders, settings.masks.dir),
    ...leftOut([...beside, ...layout.other]),
    ...defectsInTraining(selected.images),
  ]
}

function noImage(folders: readonly string[]): Finding {
  const looked = `looked for ${EXTENSIONS.slice(0, -1).join(', ')} and ${EXTENSIONS.at(-1)} in train/ok, test/ok and test/nok`
  return finding('E210', '', 'no image found', [
    helpLine(looked, folders.length > 0 ? `other folders here: ${someOf(folders)}` : ''),
  ])
}

function emptySplits(images: readonly ImageFile[], folders: readonly string[]): Finding[] {
  const findings: Finding[] = []
  if (!images.some((image) => image.split === 'train' && !isDefectInTraining(image))) {
    const near = didYouMean(nearestNames('train', folders))
    const help = helpLine(near, 'expected good images in train/ok')
    findings.push(finding('E210', 'train', 'no training image found', [help]))
  }
  if (!images.some(({ split }) => split === 'test')) {
    const near = didYouMean(nearestNames('test', folders))
    const help = helpLine(near, 'expected images in test/ok and test/nok')
    findings.push(finding('W225', 'test', 'no test image found, so nothing is scored', [help]))
  }
  return findings
}

function missingMasks({ masks }: Layout, folders: readonly string[], dir: string): Finding[] {
  if (dir === 'masks' || masks.length > 0) return []
  const help = helpLine(didYouMean(nearestNames(dir, folders)), 'masks.dir names the folder of the masks')
  return [{ ...finding('E210', dir, 'no mask found', [help]), setting: 'masks.dir' }]
}

function missingLabels(images: readonly ImageFile[], labels: LayoutSettings['labels']): Finding[] {
  const there = new Set(images.map(({ folder }) => folder))
  return Object.keys(labels)
    .filter((folder) => !there.has(folder))
    .map((folder) => {
      const help = helpLine(didYouMean(nearestNames(folder, there)), `Folders: ${someOf([...there].sort(), 20)}`)
      const message = `no image in the folder ${sanitize(folder)}, which labels names`
      return { ...finding('E210', '', message, [help]), setting: 'labels' }
    })
}

function leftOut(names: readonly string[]): Finding[] {
  if (names.length === 0) return []
  const message = `${formatCount(names.length)} ${names.length === 1 ? 'entry is' : 'entries are'} not read: ${someOf(names)}`
  return [finding('W229', '', message, ['images lie in train/LABEL and test/LABEL, masks in masks/LABEL'])]
}

function defectsInTraining(images: readonly ImageFile[]): Finding[] {
  const found = images.filter(isDefectInTraining)
  if (found.length === 0) return []
  const message = `${plural(found.length, 'defective image')} in train left out`
  return [finding('W227', found[0].id, message, ['move them to test, or say in labels that their folder is ok'])]
}
