/** Features of one image per line on stdin; answers with milliseconds and peak megabytes. Peer of `b6-features.ts`. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openSession } from '../engine/session.ts'
import { loadBackbone, traceBackbone } from '../models/backbone.ts'

const [checkpoint, size] = process.argv.slice(2)
const [height, width] = [Number(size), Number(size)]
const backbone = loadBackbone('efficientnet-b6', readFileSync(checkpoint))
const graph = traceBackbone(backbone, { height, width, batch: 1, taps: backbone.defaultTaps, normalize: 'checkpoint' })
const session = await openSession(graph.model)
const image = Uint8Array.from({ length: height * width * 3 }, (_, i) => Math.imul(i, 7919) & 255)

console.log('ready')
const lines = createInterface({ input: process.stdin })
lines.on('line', () => {
  const started = performance.now()
  void session.run({ image }).then(() => {
    console.log(`${performance.now() - started} ${process.resourceUsage().maxRSS / 1024}`)
  })
})
