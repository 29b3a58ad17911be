import { createHash, hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { canonicalJson } from './canonical.ts'

declare const brand: unique symbol
/** SHA-256 as 64 lower-case hex digits; made only by the functions of this file. */
export type Digest = string & { readonly [brand]: 'digest' }

export function digestBytes(bytes: Uint8Array): Digest {
  return hash('sha256', bytes, 'hex') as Digest
}

/** Digest of a value's canonical JSON, with its record type in front so that two kinds of record never collide. */
export function digestValue(recordType: string, value: unknown): Digest {
  return hash('sha256', `${recordType}\0${canonicalJson(value)}`, 'hex') as Digest
}

/** Digest of a file's bytes, streamed. Rejects with the file system's own error. */
export async function digestFile(path: string): Promise<Digest> {
  const streamed = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) streamed.update(chunk as Buffer)
  return streamed.digest('hex') as Digest
}

/** Accepts text that came back from storage; throws where it is no digest. */
export function asDigest(text: string): Digest {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`Internal error: "${text}" is no digest`)
  return text as Digest
}

export const shortDigest = (digest: string): string => digest.slice(0, 8)
