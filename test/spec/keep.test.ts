import { expect, test } from 'vitest'
import { around, EXAMPLE, helpOf, marksOf, set, specOf } from './rig.ts'

const ACQUIRE = '  acquire: { uses: acquire/folder, with: { dir: data }, keep: true }\n'
const OUTPUTS = 'outputs: outputs/small\n'

test('a stage with keep adds one stage that renders its images, fed by it', async () => {
  const spec = await specOf(around(ACQUIRE, OUTPUTS))
  expect(spec.stages.map(({ address }) => address)).toEqual(['acquire', 'acquire-images'])
  const [, images] = spec.stages
  expect(images).toMatchObject({ kind: { kind: 'report/images' }, bindings: { images: 'acquire' }, implicit: true })
  expect(images.placeOf()).toMatchObject({ line: 5, column: 63, path: 'stages.acquire.keep' })
})

test('there is one for each variant of the stage', async () => {
  const text = EXAMPLE.replace(
    'with: { clahe: { clip: 0.8, tiles: 8 }, gamma: 0.8 }',
    (settings) => `${settings}, keep: true`,
  )
  const byVariant = text
    .replace('lr: [1e-3, 3e-3]', 'gamma: [0.8, 1]')
    .replace('gamma: 0.8 }', 'gamma: "${matrix.gamma}" }')
  const addressesOf = async (spec: string): Promise<string[]> =>
    (await specOf(`${spec}${OUTPUTS}`, set('train.lr=1e-3'))).stages
      .filter(({ name }) => name === 'enhance-images')
      .map(({ address }) => address)
  expect(await addressesOf(text.replace(', lr: [1e-3, 3e-3]', ''))).toEqual(['enhance-images'])
  expect(await addressesOf(byVariant)).toEqual(['enhance-images@gamma=0.8', 'enhance-images@gamma=1'])
})

test('keep: false adds nothing, anywhere', async () => {
  const text = around(`${ACQUIRE}  extract: { uses: extract/efficientnet-b6, needs: [acquire], keep: false }\n`)
  expect((await specOf(text.replace('true', 'false'))).stages).toHaveLength(2)
})

test.each([
  [
    around(`${ACQUIRE}  extract: { uses: extract/efficientnet-b6, needs: [acquire], keep: true }\n`, OUTPUTS),
    '[keep] E106 extract gives no images or files to keep: extract/efficientnet-b6 gives features',
    'remove it, or keep the images of acquire',
  ],
  [
    around(ACQUIRE),
    '[keep] E106 acquire.keep needs a folder to keep them in',
    'add outputs, such as outputs: outputs/demo',
  ],
  [
    around(`${ACQUIRE}  acquire-images: { uses: split/by-part, needs: [acquire] }\n`, OUTPUTS),
    '[keep] E106 acquire.keep adds a stage acquire-images, and there is one already',
    'give one of the two another name',
  ],
  [
    around(ACQUIRE.replace('true', 'yes'), OUTPUTS),
    '[yes] E105 acquire.keep must be true or false, found "yes"',
    'write true or false',
  ],
])('%#: keep that cannot be is told where it stands', async (text, mark, help) => {
  expect(await marksOf(text)).toEqual([mark])
  expect(await helpOf(text)).toEqual([help])
})

test('of variants one that gives no images is enough', async () => {
  const text = around(
    `${ACQUIRE.replace(', keep: true', '')}  next: { uses: "\${matrix.kind}", needs: [acquire], keep: true }\n`,
    `${OUTPUTS}matrix: { axes: { kind: [split/by-part, extract/efficientnet-b6] } }\n`,
  )
  expect(await marksOf(text)).toEqual([
    '[keep] E106 next gives no images or files to keep: extract/efficientnet-b6 gives features',
  ])
})
