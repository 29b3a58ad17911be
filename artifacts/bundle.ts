import { brokenContract } from './contract.ts'
import { checkEntries } from './files.ts'
import type { Digest } from '../base/digest.ts'
import { decodeJson, encodeJson } from './json.ts'

/** A deployable folder: its files by name, each a blob of the cache. */
export interface Bundle {
  readonly files: Readonly<Record<string, { readonly digest: Digest; readonly bytes: number }>>
}

export const encodeBundle = (bundle: Bundle): Uint8Array => encodeJson(bundle)
export const decodeBundle = (bytes: Uint8Array): Bundle => decodeJson(bytes) as Bundle

/** Throws E604 unless it names at least one file, each below the folder and with its digest. */
export function checkBundle(bytes: Uint8Array): void {
  const { files } = decodeBundle(bytes)
  if (Object.keys(files).length === 0) throw brokenContract('bundle', 'it has no file')
  checkEntries('bundle', files)
}
