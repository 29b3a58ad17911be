import type { Label } from '../../artifacts/items.ts'
import type { FoundFile } from './walk-folder.ts'

/** An image in `train/LABEL` or `test/LABEL`, at any depth. */
export interface ImageFile extends FoundFile {
  readonly split: 'train' | 'test'
  /** The folder that stands for the label. */
  readonly folder: string
  /** Base name without extension. */
  readonly stem: string
  /** `SPLIT/LABEL/deeper/stem`: the id without extension. */
  readonly bare: string
  /** `LABEL/deeper/stem`: what image and mask have in common. */
  readonly pair: string
  readonly label: Label
  readonly defect?: string
}

export interface MaskFile extends FoundFile {
  /** Base name without suffix and extension. */
  readonly stem: string
  readonly pair: string
  /** As `pair`, with the suffix if the name has it. */
  readonly named: string
}

export interface Layout {
  readonly images: readonly ImageFile[]
  readonly masks: readonly MaskFile[]
  /** Files that are neither, by id. */
  readonly other: readonly string[]
}

export interface LayoutSettings {
  readonly labels: Readonly<Record<string, Label>>
  readonly masks: { readonly dir: string; readonly suffix: string }
}

export const EXTENSIONS = ['png', 'jpg', 'jpeg', 'bmp', 'tif', 'tiff', 'webp']

/** Names that folders have by themselves; any other one is the name of a defect, as in MVTec AD. */
const LABEL_OF: Readonly<Record<string, Label>> = { ok: 'ok', good: 'ok', nok: 'nok', bad: 'nok' }

/** Tells images from masks and reads label and defect from their folders; everything comes out in bytewise order. */
export function readLayout(files: readonly FoundFile[], settings: LayoutSettings): Layout {
  const images: ImageFile[] = []
  const masks: MaskFile[] = []
  const other: string[] = []
  const labelOf = labelsByFolder(settings.labels)
  const inMasks = `${settings.masks.dir}/`
  for (const file of sortBytewise(files)) {
    const [path, extension] = splitExtension(file.id)
    if (!isImage(extension)) other.push(file.id)
    else if (file.id.startsWith(inMasks)) {
      const { suffix } = settings.masks
      const named = path.slice(inMasks.length)
      const pair = suffix !== '' && named.endsWith(suffix) ? named.slice(0, -suffix.length) : named
      masks.push({ ...file, named, pair, stem: baseName(pair) })
    } else {
      const split = file.id.startsWith('train/') ? 'train' : file.id.startsWith('test/') ? 'test' : undefined
      const pair = path.slice(path.indexOf('/') + 1)
      const end = pair.indexOf('/')
      if (split === undefined || end < 0) other.push(file.id)
      else {
        const folder = pair.slice(0, end)
        images.push({ ...file, split, folder, stem: baseName(path), bare: path, pair, ...labelOf(folder) })
      }
    }
  }
  return { images, masks, other }
}

type FolderLabel = Pick<ImageFile, 'label' | 'defect'>

function labelsByFolder(labels: Readonly<Record<string, Label>>): (folder: string) => FolderLabel {
  const known = new Map<string, FolderLabel>()
  return (folder) => {
    const label = known.get(folder) ?? readLabel(folder, labels)
    known.set(folder, label)
    return label
  }
}

function readLabel(folder: string, labels: Readonly<Record<string, Label>>): FolderLabel {
  const usual = folder.toLowerCase()
  const generic = Object.hasOwn(LABEL_OF, usual)
  const label = Object.hasOwn(labels, folder) ? labels[folder] : generic ? LABEL_OF[usual] : 'nok'
  return label === 'nok' && !generic ? { label, defect: folder } : { label }
}

/** By the bytes of UTF-8, which is the order of UTF-16 units wherever no surrogate pair stands in a name. */
function sortBytewise(files: readonly FoundFile[]): FoundFile[] {
  if (files.some(({ id }) => SURROGATE.test(id))) {
    return [...files].sort((a, b) => Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)))
  }
  return [...files].sort((a, b) => (a.id < b.id ? -1 : 1))
}

const SURROGATE = /[\ud800-\udfff]/

const isImage = (extension: string): boolean => EXTENSIONS.includes(extension.toLowerCase())

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** `train/ok/a.b.png` -> `train/ok/a.b` and `png`; no extension where the base name has no dot behind its start. */
function splitExtension(id: string): [string, string] {
  const dot = id.lastIndexOf('.')
  return dot > id.lastIndexOf('/') + 1 ? [id.slice(0, dot), id.slice(dot + 1)] : [id, '']
}
