import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../base/make-folder.ts'
import { encodePng } from '../../imaging/encode.ts'
import { planParts } from '../../imaging/synthetic/catalogue.ts'
import { renderPart } from '../../imaging/synthetic/render.ts'

/** 24 good parts to learn from, 8 good and 8 defective ones to test. */
const SET = { seed: 'demo', size: 256, zooms: [0], train: 24, testGood: 8, testDefective: 8, poses: 1 }
/** What their names hold. */
export const SAMPLE_FIELDS = 'zoom_{zoom}_{part}'

/** Renders a small set of parts as files in the layout that `acquire/folder` reads; tells how many are done. */
export async function writeSamples(
  folder: string,
  tell: (done: number, total: number) => void,
): Promise<{ readonly images: number; readonly masks: number }> {
  const parts = planParts(SET)
  for (const [done, { scene, id, mask }] of parts.entries()) {
    tell(done, parts.length)
    const rendered = renderPart(scene)
    write(join(folder, id), await encodePng(rendered.image))
    if (mask !== undefined) write(join(folder, mask), await encodePng(rendered.mask))
  }
  tell(parts.length, parts.length)
  return { images: parts.length, masks: parts.filter(({ mask }) => mask !== undefined).length }
}

function write(path: string, bytes: Uint8Array): void {
  makeFolder(dirname(path))
  writeFileSync(path, bytes, { flag: 'wx' })
}
