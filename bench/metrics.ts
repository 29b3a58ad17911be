import { fileURLToPath } from 'node:url'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { plural } from '../base/format.ts'
import type { Benchmark } from './benchmark.ts'
import { COMPARISON_COLUMNS, comparisonRow } from './comparison.ts'
import { imageAt } from './metric-images.ts'
import { type Contender, race } from './peer.ts'
import { peerScript } from './python.ts'
import { withFolder } from './temporary.ts'

const IMAGES = 50 // of 1000 x 1000 px: 50 million scores
const EXACT_IMAGES = 4 // few enough to be sorted
const BUDGET_MS = 1000

/** AUROC, average precision, AUPRO and F1-max over 50 million scores, beside scikit-learn's AUROC and average precision. */
export const metrics: Benchmark = ({ rounds = 3, python, tell }) =>
  withFolder(async (folder) => {
    tell(`writing ${IMAGES} million scores`)
    const files = writeScores(folder)
    const ours = (name: string, form: string, images: number): Contender => ({
      name,
      command: [
        process.execPath,
        fileURLToPath(new URL('./metrics-flawline.js', import.meta.url)),
        form,
        String(images),
      ],
    })
    const peer = (name: string, form: string): Contender => ({
      name,
      command: [python(), peerScript('metrics.py'), ...files, form],
    })
    const [binned, exact, resampled, auroc, precision] = await race(
      [
        ours('flawline', 'pixels', IMAGES),
        ours('flawline, sorting', 'pixels', EXACT_IMAGES),
        ours('flawline, bootstrap', 'bootstrap', IMAGES),
        peer("scikit-learn's AUROC alone", 'auroc'),
        peer("scikit-learn's AP alone", 'ap'),
      ],
      { rounds, warmUps: 0, tell },
    )
    const all = `AUROC, AP, AUPRO, F1-max of ${IMAGES} M scores`
    return {
      caption:
        `${IMAGES} score maps of 1000 x 1000 px, every second one with four defects. ${plural(rounds, 'interleaved round')}, none to ` +
        `warm up. flawline: ${binned.note}; scikit-learn: AUROC ${auroc.note}, AP ${precision.note}.`,
      columns: COMPARISON_COLUMNS,
      rows: [
        comparisonRow({ what: all, ours: binned, budget: BUDGET_MS }),
        comparisonRow({ what: all, ours: binned, peer: auroc }),
        comparisonRow({ what: all, ours: binned, peer: precision }),
        comparisonRow({ what: `the same of ${EXACT_IMAGES} M scores, sorted`, ours: exact }),
        comparisonRow({ what: `1000 resamples of AUROC, AP, AUPRO over ${IMAGES} images`, ours: resampled }),
      ],
    }
  })

/** All scores as float32 and all labels as bytes: what scikit-learn takes. */
function writeScores(folder: string): [scores: string, labels: string] {
  const paths: [string, string] = [join(folder, 'scores'), join(folder, 'labels')]
  const [scores, labels] = paths.map((path) => openSync(path, 'w'))
  for (let n = 0; n < IMAGES; n++) {
    const { map, mask } = imageAt(n)
    writeSync(scores, map)
    writeSync(labels, mask === null ? new Uint8Array(map.length) : mask.map((label) => (label > 0 ? 1 : 0)))
  }
  for (const file of [scores, labels]) closeSync(file)
  return paths
}
