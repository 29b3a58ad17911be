import { readTensors, type TensorFile, tensorOf, writeTensors } from './safetensors.ts'

/** PNG files of one item: the heat map, the image with its heat map and outlines, the mask the pixel threshold gives. */
export interface Pictures {
  readonly heatMap: Uint8Array
  readonly overlay: Uint8Array
  readonly mask: Uint8Array
}

const NAMES = ['heatMap', 'overlay', 'mask'] as const

/** Three byte arrays in one tensor file. */
export function encodePictures(pictures: Pictures): Uint8Array {
  const tensors: TensorFile['tensors'] = new Map(
    NAMES.map((name) => [name, { dtype: 'U8', shape: [pictures[name].byteLength], data: pictures[name] }]),
  )
  return writeTensors({ tensors, metadata: { artifact: 'pictures' } })
}

export function decodePictures(bytes: Uint8Array): Pictures {
  const file = readTensors(bytes)
  const png = (name: (typeof NAMES)[number]): Uint8Array => tensorOf(file, name, 'U8').data
  return { heatMap: png('heatMap'), overlay: png('overlay'), mask: png('mask') }
}
