import { shortDigest, digestValue } from '../base/digest.ts'

/** Part of a path with nothing odd in it. */
export const safeName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._=,@+-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 120)

/**
 * File names of items by id, without extension: `test/nok/a.png` -> `test/nok/a`, its copy `test/nok/a.png#1` ->
 * `test/nok/a@1`. A digest of the id follows where something odd had to go or two names would be alike, also on file
 * systems that ignore case.
 */
export function fileStems(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = ids.map((id) => {
    const plain = id.replace(/\.[A-Za-z0-9]+(?=(#[0-9]+)?$)/, '').replace(/#([0-9]+)$/, '@$1')
    const safe = plain.split('/').map(safeName).join('/')
    return { id, safe, odd: safe !== plain }
  })
  const uses = new Map<string, number>()
  for (const { safe } of names) uses.set(safe.toLowerCase(), (uses.get(safe.toLowerCase()) ?? 0) + 1)
  return new Map(
    names.map(({ id, safe, odd }) => {
      const alike = uses.get(safe.toLowerCase())! > 1
      return [id, odd || alike ? `${safe}-${shortDigest(digestValue('id', id))}` : safe]
    }),
  )
}
