import type { Label } from '../../artifacts/items.ts'
import type { FoundFile } from './walk-folder.ts'

/** An image in `train/LABEL` or `test/LABEL`, at any depth. */
export interface ImageFile extends FoundFile {
  readonly split: 'train' | 'test'
  /** The folder that stands for the label. */
  readonly folder: string
  /** Base name without extension. */
  readonly stem: string
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
  for (const file of sortBytewise(files)) {
    const [path, extension] = splitExtension(file.id)
    const inMasks = `${settings.masks.dir}/`
    if (!EXTENSIONS.includes(extension.toLowerCase())) other.push(file.id)
    else if (file.id.startsWith(inMasks)) {
      const { suffix } = settings.masks
      const named = path.slice(inMasks.length)
      const pair = suffix !== '' && named.endsWith(suffix) ? named.slice(0, -suffix.length) : named
      masks.push({ ...file, named, pair, stem: baseName(pair) })
    } else {
      const [split, folder, ...rest] = path.split('/')
      if ((split !== 'train' && split !== 'test') || rest.length === 0) other.push(file.id)
      else {
        const pair = path.slice(split.length + 1)
        images.push({ ...file, split, folder, stem: baseName(path), pair, ...labelOf(folder, settings.labels) })
      }
    }
  }
  return { images, masks, other }
}

function labelOf(folder: string, labels: Readonly<Record<string, Label>>): { label: Label; defect?: string } {
  const usual = folder.toLowerCase()
  const generic = Object.hasOwn(LABEL_OF, usual)
  const label = Object.hasOwn(labels, folder) ? labels[folder] : generic ? LABEL_OF[usual] : 'nok'
  return label === 'nok' && !generic ? { label, defect: folder } : { label }
}

function sortBytewise(files: readonly FoundFile[]): FoundFile[] {
  return files
    .map((file) => ({ file, bytes: Buffer.from(file.id) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ file }) => file)
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** `train/ok/a.b.png` -> `train/ok/a.b` and `png`; no extension where the base name has no dot behind its start. */
function splitExtension(id: string): [string, string] {
  const dot = id.lastIndexOf('.')
  return dot > id.lastIndexOf('/') + 1 ? [id.slice(0, dot), id.slice(dot + 1)] : [id, '']
}
