import { canonicalJson } from '../base/canonical.ts'

/** Headers inside tensor files: safetensors metadata holds text alone. */
export const encodeText = (value: unknown): string => canonicalJson(value)
export const decodeText = (text: string): unknown => JSON.parse(text)
