import { checkBasis } from './basis.ts'
import { checkBundle } from './bundle.ts'
import { checkCells } from './cells.ts'
import { brokenContract } from './contract.ts'
import { checkFeatures, type FeaturesHeader } from './features.ts'
import { checkFiles } from './files.ts'
import type { ArtifactKind } from './kinds.ts'
import { checkModel } from './model.ts'
import { checkPictures } from './pictures.ts'
import { checkScore, type ScoresHeader } from './scores.ts'
import { unreachable } from '../base/unreachable.ts'
import { checkThresholds, checkVerdict } from './verdict.ts'

/** What is known of an artifact besides its bytes. */
export interface ArtifactFacts {
  /** Of a per-item value: what its stage says of all values. */
  readonly header?: unknown
  /** Images that the stage read, where its rows come from them. */
  readonly images?: number
}

/** Checks an artifact against its contract, in one pass over its bytes; throws E604 naming the artifact and what is wrong. */
export function checkArtifact(kind: ArtifactKind, bytes: Uint8Array, { header, images }: ArtifactFacts = {}): void {
  switch (kind) {
    case 'images':
      throw brokenContract(kind, 'the table of items has no bytes')
    case 'features':
      return checkFeatures(bytes, header as FeaturesHeader)
    case 'cells':
      return checkCells(bytes, images)
    case 'basis':
      return checkBasis(bytes)
    case 'model':
      return checkModel(bytes)
    case 'scores':
      return checkScore(bytes, header as ScoresHeader)
    case 'thresholds':
      return checkThresholds(bytes)
    case 'verdict':
      return checkVerdict(bytes)
    case 'bundle':
      return checkBundle(bytes)
    case 'pictures':
      return checkPictures(bytes)
    case 'files':
      return checkFiles(bytes)
    default:
      return unreachable(kind)
  }
}
