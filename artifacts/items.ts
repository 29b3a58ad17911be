import { type Digest, digestValue } from '../base/digest.ts'

export type Split = 'train' | 'held_out' | 'test'
export type Label = 'ok' | 'nok' | 'unknown'

/** One step of a recipe: plain data, such as `{ op: 'gamma', version: 1, g: 0.8 }`. `imaging/operations.ts` knows them all. */
export interface RecipeStep {
  readonly op: string
  readonly version: number
  readonly [setting: string]: string | number | boolean
}

/** Where pixels come from: a file known by its content, or a generated scene known by its description. */
export type Source =
  | { readonly type: 'file'; readonly digest: Digest }
  | {
      readonly type: 'synthetic'
      readonly version: number
      readonly scene: Readonly<Record<string, string | number>>
      readonly layer: 'image' | 'mask'
    }

/** A picture as a recipe. `digest` names its pixels: source and operations, no id and no path in it. */
export interface Picture {
  readonly source: Source
  readonly operations: readonly RecipeStep[]
  readonly digest: Digest
}

export function picture(source: Source, operations: readonly RecipeStep[] = []): Picture {
  return { source, operations, digest: digestValue('picture', { source, operations }) }
}

/** Digest of the source alone, the name under which decoded facts and files are known. */
export const sourceDigest = (source: Source): Digest =>
  source.type === 'file' ? source.digest : digestValue('scene', source)

/** One image or one augmented copy of it: a row of the items table. */
export interface Item {
  /** POSIX path relative to the acquired folder; copies are `id#1`. */
  readonly id: string
  /** 0 for the original. */
  readonly copy: number
  readonly image: Picture
  readonly mask?: Picture
  readonly split: Split
  readonly label: Label
  readonly defect?: string
  /** The physical part; images of one part never stand on both sides of a split made by us. */
  readonly part?: string
  readonly view?: string
  /** Whatever else file names give: `zoom`, `time`. */
  readonly fields: Readonly<Record<string, string>>
  /** Known once the source was decoded. */
  readonly facts?: ImageFacts
}

/** What decoding a source once tells; cached by content. Grey values in 0 .. 255. */
export interface ImageFacts {
  readonly width: number
  readonly height: number
  readonly greyMean: number
  readonly greyDeviation: number
}

/** What a stage can read of an item beside its value; only what it declares is part of its key. `image`: it renders the pixels. */
export type Column = 'image' | 'id' | 'label' | 'mask' | 'defect' | 'part' | 'view' | 'split' | 'facts'
