import { posix } from 'node:path'
import { type Item, type Picture, picture, type RecipeStep } from '../../artifacts/items.ts'
import type { Digest } from '../../base/digest.ts'
import { defineSource, type ScanContext, type ScanResult, type StageDiagnostic } from '../stage.ts'
import { checkSets, isDefectInTraining, whyNotReadable } from './check-sets.ts'
import { compareContents } from './compare-contents.ts'
import type { Finding } from './finding.ts'
import { type FolderSettings, folderSettings } from './folder-settings.ts'
import { type ImageFile, readLayout } from './layout.ts'
import { pairMasks } from './pair-masks.ts'
import { readContents } from './read-contents.ts'
import { selectByName } from './select-by-name.ts'
import { walkFolder } from './walk-folder.ts'

/**
 * Images of a folder in the thesis' layout (train/ok, test/ok, test/nok, masks/nok), or MVTec AD's with
 * `masks: { dir: ground_truth, suffix: _mask }`. Reads names, headers and digests; decodes nothing, writes nothing.
 */
export const acquireFolder = defineSource({
  kind: 'acquire/folder',
  version: 1,
  summary: 'images, labels and masks from a folder',
  settings: folderSettings,
  ports: {},
  gives: ['images'],
  scan,
})

type Scanned = Pick<ScanResult, 'items' | 'files'> & { readonly findings: readonly Finding[] }

async function scan(settings: FolderSettings, context: ScanContext): Promise<ScanResult> {
  const { items, files, findings } = await scanFolder(settings, context)
  const skip = settings.on_bad === 'skip'
  return {
    items,
    files,
    diagnostics: findings.map((found) => toDiagnostic(skip ? tolerate(found) : found, settings.dir)),
    onBad: settings.on_bad,
  }
}

async function scanFolder(settings: FolderSettings, context: ScanContext): Promise<Scanned> {
  const root = context.absolute(settings.dir)
  const barred = await whyNotReadable(root, settings.dir)
  if (barred !== undefined) return { items: [], files: new Map(), findings: [barred] }

  const tops = new Set(['train', 'test', settings.masks.dir.split('/')[0]])
  const walked = await walkFolder(root, tops)
  const layout = readLayout(walked.files, settings)
  const selected = selectByName(layout.images, layout.masks, settings)
  const usable = selected.images.filter((image) => !isDefectInTraining(image))
  const { maskOf, findings: unpaired } = pairMasks(usable, selected.masks, settings.masks)
  const contents = await readContents([...usable, ...maskOf.values()], context)

  const files = new Map<Digest, string>()
  for (const { id, path } of [...usable, ...maskOf.values()]) {
    const digest = contents.of.get(id)?.digest
    if (digest !== undefined && !files.has(digest)) files.set(digest, path)
  }
  const pictureOf = (id: string, steps: readonly RecipeStep[] = []): Picture | undefined => {
    const content = contents.of.get(id)
    return content && picture({ type: 'file', digest: content.digest }, steps)
  }
  const maskSteps = settings.masks.invert ? [{ op: 'invert', version: 1 }] : []
  const items = usable.flatMap((file): Item[] => {
    const image = pictureOf(file.id)
    const maskFile = maskOf.get(file.id)
    const mask = maskFile && pictureOf(maskFile.id, maskSteps)
    // Without its mask an image would count as unmarked: it is left out with it.
    if (image === undefined || (maskFile !== undefined && mask === undefined)) return []
    return [toItem(file, image, mask, selected.fieldsOf(file.stem))]
  })
  return {
    items,
    files,
    findings: [
      ...walked.findings,
      ...selected.findings,
      ...checkSets({ layout, selected, beside: walked.beside }, settings),
      ...unpaired,
      ...contents.findings,
      ...compareContents(usable, maskOf, contents.of),
    ],
  }
}

/** Facts from a file name: those with a column of their own, and others. */
interface NameValues {
  readonly part?: string
  readonly view?: string
  readonly defect?: string
  readonly [name: string]: string
}

function toItem(
  { id, split, label, defect: folderDefect }: ImageFile,
  image: Picture,
  mask: Picture | undefined,
  values: NameValues,
): Item {
  const { part, view, defect = folderDefect, ...fields } = values
  return {
    id,
    copy: 0,
    image,
    ...(mask === undefined ? {} : { mask }),
    split,
    label,
    ...(defect === undefined ? {} : { defect }),
    ...(part === undefined ? {} : { part }),
    ...(view === undefined ? {} : { view }),
    fields,
  }
}

const TOLERATED = new Set(['E212', 'E217'])

const tolerate = (found: Finding): Finding =>
  TOLERATED.has(found.code) || (found.code === 'E210' && found.setting === 'fields')
    ? { ...found, severity: 'warning' }
    : found

function toDiagnostic({ id, related, help, setting = 'dir', ...rest }: Finding, dir: string): StageDiagnostic {
  const at = (name: string): { file: string } => ({ file: posix.join(dir, name) })
  return {
    ...rest,
    at: at(id),
    ...(related === undefined ? {} : { related: related.map((one) => ({ message: one.message, at: at(one.id) })) }),
    ...(help.length === 0 ? {} : { help }),
    setting,
  }
}
