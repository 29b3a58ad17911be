import { canonicalJson } from '../base/canonical.ts'

/** JSON artifacts are stored in canonical form, so equal content has equal bytes. */
export const encodeJson = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value))

export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}
