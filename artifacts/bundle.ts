import type { Digest } from '../base/digest.ts'
import { decodeJson, encodeJson } from './json.ts'

/** A deployable folder: its files by name, each a blob of the cache. */
export interface Bundle {
  readonly files: Readonly<Record<string, { readonly digest: Digest; readonly bytes: number }>>
}

export const encodeBundle = (bundle: Bundle): Uint8Array => encodeJson(bundle)
export const decodeBundle = (bytes: Uint8Array): Bundle => decodeJson(bytes) as Bundle
