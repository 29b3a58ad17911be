import { Failure } from '../base/diagnostic.ts'

/** `5%`, `0.05` as a share of 0 .. 1; E001 for anything else, and for nothing at all. `name` is the option. */
export function parseShare(name: string, text: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text)
  const share = match === null ? NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1)
  if (share > 0 && share <= 1) return share
  throw new Failure('E001', `${name} must be a share such as 5%, found "${text}"`)
}
