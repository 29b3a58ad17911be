import { canonicalJson } from '../base/canonical.ts'

/** Headers inside tensor files: safetensors metadata holds text alone. */
export const encodeText = (value: unknown): string => canonicalJson(value)
export const decodeText = <T>(text: string): T => JSON.parse(text) as T
