/** Features of one image for each line on stdin, see `peer.ts`; started by `b6-features.ts`. */
import { readFileSync } from 'node:fs'
import { openSession } from '../engine/session.ts'
import { loadBackbone, traceBackbone } from '../models/backbone.ts'
import { serve } from './answer.ts'

const [checkpoint, size] = process.argv.slice(2)
const [height, width] = [Number(size), Number(size)]
const backbone = loadBackbone('efficientnet-b6', readFileSync(checkpoint))
const graph = traceBackbone(backbone, { height, width, batch: 1, taps: backbone.defaultTaps, normalize: 'checkpoint' })
const session = await openSession(graph.model)
const image = Uint8Array.from({ length: height * width * 3 }, (_, i) => Math.imul(i, 7919) & 255)

await serve(() => session.run({ image }))
