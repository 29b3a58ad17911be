import { brokenContract } from './contract.ts'
import { readTensors, writeTensors } from './safetensors.ts'

/** PNG and WebP files of one item by name, such as `heatMap`: each a byte array of one tensor file. */
export function encodePictures(pictures: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const tensors = Object.entries(pictures).map(
    ([name, data]) => [name, { dtype: 'U8', shape: [data.byteLength], data }] as const,
  )
  return writeTensors({ tensors: new Map(tensors), metadata: { artifact: 'pictures' } })
}

/** One of them; undefined where there is none of that name. */
export function readPicture(bytes: Uint8Array, name: string): Uint8Array | undefined {
  return readTensors(bytes).tensors.get(name)?.data as Uint8Array | undefined
}

/** First bytes of every PNG file (ISO/IEC 15948, 5.2). */
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** `RIFF`, which every WebP file begins with (RFC 9649, 2.4). */
const RIFF = [0x52, 0x49, 0x46, 0x46]

/** Throws E604 unless there are pictures, all of them PNG or WebP files. */
export function checkPictures(bytes: Uint8Array): void {
  const { tensors } = readTensors(bytes)
  if (tensors.size === 0) throw brokenContract('pictures', 'there is none')
  for (const [name, { data }] of tensors) {
    const begins = (signature: readonly number[]): boolean => signature.every((byte, i) => data[i] === byte)
    if (!begins(PNG_SIGNATURE) && !begins(RIFF)) throw brokenContract('pictures', `${name} is no PNG or WebP file`)
  }
}
