import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readLayout } from '../../stages/acquire/layout.ts'
import { walkFolder } from '../../stages/acquire/walk-folder.ts'

/** What a folder of images holds, as far as names tell. */
export interface ImageFolder {
  readonly train: number
  readonly test: number
  readonly masks: { readonly dir: string; readonly suffix: string; readonly count: number } | undefined
  /** A base name without its extension. */
  readonly example: string
}

/** Names that masks go by: the thesis' layout, and MVTec AD's. */
const MASKS = [
  { dir: 'masks', suffix: '' },
  { dir: 'ground_truth', suffix: '_mask' },
] as const

/** Undefined where there is no such folder, or none with images in `train/LABEL`. */
export async function lookAtFolder(path: string): Promise<ImageFolder | undefined> {
  if (!isFolder(join(path, 'train'))) return undefined
  const masks = MASKS.find(({ dir }) => isFolder(join(path, dir)))
  const settings = { labels: {}, masks: masks ?? MASKS[0] }
  const { files } = await walkFolder(path, new Set(['train', 'test', settings.masks.dir]))
  const layout = readLayout(files, settings)
  const of = (split: string): number => layout.images.filter((image) => image.split === split).length
  const first = layout.images.find(({ split }) => split === 'train')
  if (first === undefined) return undefined
  return {
    train: of('train'),
    test: of('test'),
    masks: masks && { ...masks, count: layout.masks.length },
    example: first.stem,
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Whether nothing lies there that a new project could be in the way of. */
export const isFree = (path: string): boolean => !isFolder(path) || readdirSync(path).length === 0
