/**
 * How to run a bundle, complete: knows nothing but onnxruntime-node, sharp and the manifest. Every bundle's README.md holds it;
 * `test/stages/run-bundle.mjs` is the same text, and a test runs it.
 */
export const RUN_SCRIPT = `// node run-bundle.mjs BUNDLE IMAGE...    prints "file score decision" for each image
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ort from 'onnxruntime-node'
import sharp from 'sharp'

const [bundle, ...files] = process.argv.slice(2)
const readJson = async (name) => JSON.parse(await readFile(join(bundle, name), 'utf8'))
const manifest = await readJson('manifest.json')
const limits = await readJson(manifest.thresholds)
if (manifest.version !== 1) throw new Error('bundle of another version: ' + manifest.version)
if (manifest.enhance.length > 0) throw new Error('images must be enhanced first, see "enhance" in manifest.json')

const graph = await readFile(join(bundle, manifest.graph))
const sha256 = createHash('sha256').update(graph).digest('hex')
if (sha256 !== manifest.files[manifest.graph].sha256) throw new Error(manifest.graph + ' is damaged')
const session = await ort.InferenceSession.create(graph)

/** Decodes to RGB of 8 bits as the pipeline does: orientation applied, colour profile ignored, no alpha, 16 bits / 257. */
async function readPixels(file) {
  const image = sharp(file, { ignoreIcc: true, failOn: 'warning' })
  const deep = (await image.metadata()).depth === 'ushort'
  image.autoOrient().removeAlpha()
  const raw = deep ? image.toColourspace('rgb16').raw({ depth: 'ushort' }) : image.toColourspace('srgb').raw()
  const { data, info } = await raw.toBuffer({ resolveWithObject: true })
  const samples = deep ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data
  const pixels = deep ? Uint8Array.from(samples, (value) => Math.round(value / 257)) : samples
  return new ort.Tensor('uint8', pixels, [info.height, info.width, 3])
}

function decide(score) {
  const above = (limit) => limit !== null && score - limit > limits.tolerance
  if (limits.image.nok === null) return 'none'
  return above(limits.image.nok) ? 'NOK' : above(limits.image.close) ? 'CLOSE' : 'OK'
}

for (const file of files) {
  const { score } = await session.run({ [manifest.input.name]: await readPixels(file) })
  console.log(file, score.data[0], decide(score.data[0]))
}
`
