import { fileURLToPath } from 'node:url'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { plural } from '../base/format.ts'
import { encodePng } from '../imaging/encode.ts'
import { loadSharp } from '../imaging/sharp.ts'
import { renderPart } from '../imaging/synthetic/render.ts'
import type { Benchmark } from './benchmark.ts'
import { COMPARISON_COLUMNS, comparisonRow } from './comparison.ts'
import { type Rounds, race } from './peer.ts'
import { peerScript } from './python.ts'
import { withFolder } from './temporary.ts'

const SIZE = 1024 // px
const JPEG_QUALITY = 95
const BUDGET = 2 // of OpenCV's time
const IMAGES_PER_ROUND = '10' // one alone would be measured on a core that has just woken

/** Decode, enhance (CLAHE, gamma, unsharp as in the thesis) and resize of a rendered part, beside OpenCV from Python. */
export const pixels: Benchmark = ({ rounds = 15, python, tell }) =>
  withFolder(async (folder) => {
    const rows = []
    const means = []
    for (const [format, file] of Object.entries(await writeImages(folder))) {
      const [ours, peer] = await race(
        [
          {
            name: 'flawline',
            command: [
              process.execPath,
              fileURLToPath(new URL('./pixels-flawline.js', import.meta.url)),
              file,
              IMAGES_PER_ROUND,
            ],
          },
          { name: 'OpenCV, one thread', command: [python(), peerScript('pixels.py'), file, IMAGES_PER_ROUND] },
        ],
        { rounds, tell: (text) => tell(`${format}: ${text}`) },
      )
      rows.push(comparisonRow({ what: `one ${format} image`, ours, peer, budget: BUDGET }))
      means.push(`${format} ${meanOf(ours)} and ${meanOf(peer)}`)
    }
    return {
      caption:
        `Decode of ${SIZE} x ${SIZE} px from memory, CLAHE on Lab's L (0.8, 8 x 8 tiles), gamma 0.8, unsharp 2, resize to ` +
        `half the side (OpenCV: INTER_AREA); one image after the other. ${plural(rounds, 'interleaved round')} of ${IMAGES_PER_ROUND} images. ` +
        `Mean of the resulting px, flawline's and OpenCV's: ${means.join('; ')}.`,
      columns: COMPARISON_COLUMNS,
      rows,
    }
  })

const meanOf = ({ note }: Rounds): string => Number(note).toFixed(2)

async function writeImages(folder: string): Promise<Record<'PNG' | 'JPEG', string>> {
  const { image } = renderPart({ seed: 'bench', part: 0, zoom: 0, pose: 0, size: SIZE, defect: 'none' })
  const { width, height, channels, data } = image
  const sharp = await loadSharp()
  const files = { PNG: join(folder, 'part.png'), JPEG: join(folder, 'part.jpg') }
  writeFileSync(files.PNG, await encodePng(image))
  writeFileSync(
    files.JPEG,
    await sharp(data, { raw: { width, height, channels } }).jpeg({ quality: JPEG_QUALITY }).toBuffer(),
  )
  return files
}
