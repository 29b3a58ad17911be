import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodePng } from '../imaging/encode.ts'
import { planParts } from '../imaging/synthetic/catalogue.ts'
import { renderPart } from '../imaging/synthetic/render.ts'
import type { Benchmark } from './benchmark.ts'
import { median } from './comparison.ts'
import type { Results, Turn } from './dag/contest.ts'
import { installPeers } from './dag/install.ts'
import { playScenario } from './dag/scenario.ts'
import { itemsDag } from './dag/shapes.ts'
import type { Tool } from './dag/tool.ts'
import { imagesPipeline } from './dag/tools/pipeline.ts'

const IMAGES = 10_000
const ADDED = 100
const SIZE = 32 // px

const COLD = 'cold'
const AGAIN = 'no-op'
const CHANGED = 'one image changed'

const BUDGETS = {
  [CHANGED]: { 'pipeline, images': '600 ms, 2 computed' },
  'the same items from a second spec': { 'pipeline, images': '0 computed' },
}

/** B3: very many images, each by itself, and a step over all of them. */
export const peersItems: Benchmark = async (request) => {
  const count = request.quick ? IMAGES / 10 : IMAGES
  request.tell(`rendering ${count} images`)
  const images = await renderImages(count + ADDED + 1)
  const [changed, ...rest] = [...images.values()]
  const at = (from: number, to: number): Map<string, Uint8Array> =>
    new Map(rest.slice(from, to).map((bytes, i) => [pathOf(from + i), bytes]))
  const dag = itemsDag(at(0, count))
  const turns: readonly Turn[] = [
    { what: COLD },
    { what: AGAIN },
    {
      what: CHANGED,
      change: (folder) => {
        writeFileSync(join(folder, pathOf(1)), changed)
        return undefined
      },
    },
    {
      what: `${ADDED} images added`,
      change: (folder) => {
        for (const [path, bytes] of at(count, count + ADDED)) writeFileSync(join(folder, path), bytes)
        return itemsDag(at(0, count + ADDED))
      },
    },
    { what: 'the same items from a second spec', command: 'second' },
  ]
  const ours = imagesPipeline()
  return playScenario(
    {
      caption:
        `${count} PNG images of ${SIZE} px. flawline takes each through MobileNetV2 and draws a sample from all; the others, ` +
        'which cannot, are given the least there is instead, `cksum` of each file and `sha256sum` of all results: their ' +
        'figures are what they themselves need, not what the work would.',
      tools: [ours, ...installPeers(request.tell)],
      ours,
      dag,
      trial: itemsDag(at(0, count / 20)),
      turns,
      budgets: BUDGETS,
      alike: false,
      more: (results) => ownRows(results, ours, count),
    },
    request,
  )
}

/** What the runner adds to the work itself: per item of the first run, and in all where one image changed. */
function ownRows(results: Results, ours: Tool, items: number): string[][] {
  const [cold, again, changed] = [COLD, AGAIN, CHANGED].map((what) => results.of(what, ours))
  const perItem = cold.map(({ wallMs }, i) => (wallMs - again[i].savedMs) / items)
  const all = changed.map(({ wallMs, stagesMs }) => wallMs - stagesMs)
  const text = (values: readonly number[], digits: number): string =>
    values.length === 0 ? '' : median(values).toFixed(digits)
  return [
    [`${COLD}, of its own an item`, ours.name, text(perItem, 2), '', '', '', '0.3 ms'],
    [`${CHANGED}, beside its stages`, ours.name, text(all, 0), '', '', '', ''],
  ]
}

const pathOf = (i: number): string => `data/train/ok/${String(i).padStart(5, '0')}.png`

/** Rendered parts, each another. */
async function renderImages(count: number): Promise<Map<string, Uint8Array>> {
  const images = new Map<string, Uint8Array>()
  const parts = planParts({
    seed: 'bench',
    size: SIZE,
    zooms: [0],
    poses: 1,
    train: count,
    testGood: 0,
    testDefective: 0,
  })
  for (const { scene, id } of parts) images.set(id, await encodePng(renderPart(scene).image))
  return images
}
