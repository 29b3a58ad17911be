/** Decode, enhance and resize of one image for each line on stdin, see `peer.ts`; started by `pixels.ts`. */
import { readFileSync } from 'node:fs'
import { decodeImage } from '../imaging/decode.ts'
import { applyOperations, type Operation } from '../imaging/operations.ts'
import { resize } from '../imaging/resize.ts'
import { classicSteps, THESIS_ENHANCEMENT } from '../stages/enhance/classic-steps.ts'
import { serve } from './answer.ts'

const [file, times] = process.argv.slice(2)
const bytes = readFileSync(file)
const operations = classicSteps(THESIS_ENHANCEMENT) as readonly Operation[]
let result: Uint8Array = new Uint8Array()

async function step(): Promise<void> {
  const image = applyOperations(await decodeImage(bytes), operations)
  result = resize(image, image.width / 2, image.height / 2, 'bilinear').data
}

const mean = (): number => result.reduce((sum, sample) => sum + sample, 0) / result.length

await serve(step, { times: Number(times), note: () => String(mean()) })
