import { acquireFolder } from './acquire/folder.ts'
import { acquireSynthetic } from './acquire/synthetic.ts'
import { augmentPhotometric } from './augment/photometric.ts'
import { enhanceClassic } from './enhance/classic.ts'
import { splitByPart } from './split/by-part.ts'
import { commandShell } from './command/shell.ts'
import type { StageKind } from './stage.ts'
import { EXTRACT_EFFICIENTNETS } from './extract/efficientnet.ts'
import { evaluateStandard } from './evaluate/standard.ts'
import { exportOnnx } from './export/onnx.ts'
import { extractMobileNetV2 } from './extract/mobilenet-v2.ts'
import { filesConcat } from './files/concat.ts'
import { pcaStreaming } from './pca/streaming.ts'
import { reportImages } from './report/images.ts'
import { reportPictures } from './report/pictures.ts'
import { sampleCells } from './sample/cells.ts'
import { scoreTopK } from './score/top-k.ts'
import { trainAutoencoder, trainAutoencoderPlain } from './train/autoencoder.ts'
import { trainDfr } from './train/dfr.ts'
import { trainDfrAttention } from './train/dfr-attention.ts'
import { trainPca } from './train/pca.ts'

/** All stage kinds, in the order of the pipeline. */
export const STAGE_KINDS: readonly StageKind[] = [
  acquireFolder,
  acquireSynthetic,
  splitByPart,
  enhanceClassic,
  augmentPhotometric,
  extractMobileNetV2,
  ...EXTRACT_EFFICIENTNETS,
  sampleCells,
  pcaStreaming,
  trainPca,
  trainDfr,
  trainDfrAttention,
  trainAutoencoder,
  trainAutoencoderPlain,
  scoreTopK,
  evaluateStandard,
  exportOnnx,
  reportImages,
  reportPictures,
  commandShell,
  filesConcat,
]

export const findKind = (name: string): StageKind | undefined => STAGE_KINDS.find(({ kind }) => kind === name)
