import { readTensors, writeTensors } from './safetensors.ts'

/** PNG files of one item by name, such as `heatMap`: each a byte array of one tensor file. */
export function encodePngs(pngs: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const tensors = Object.entries(pngs).map(
    ([name, data]) => [name, { dtype: 'U8', shape: [data.byteLength], data }] as const,
  )
  return writeTensors({ tensors: new Map(tensors), metadata: { artifact: 'pictures' } })
}

/** One of them; undefined where there is none of that name. */
export function readPng(bytes: Uint8Array, name: string): Uint8Array | undefined {
  return readTensors(bytes).tensors.get(name)?.data as Uint8Array | undefined
}
