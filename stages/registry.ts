import { acquireFolder } from './acquire/folder.ts'
import { enhanceClassic } from './enhance/classic.ts'
import { splitByPart } from './split/by-part.ts'
import type { StageKind } from './stage.ts'

/** All stage kinds, in the order of the pipeline. */
export const STAGE_KINDS: readonly StageKind[] = [acquireFolder, splitByPart, enhanceClassic]

export const findKind = (name: string): StageKind | undefined => STAGE_KINDS.find(({ kind }) => kind === name)
