import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import { didYouMean, type Finding, finding, helpLine, moreOf, someOf } from './finding.ts'
import type { ImageFile, MaskFile } from './layout.ts'
import { parseNamePattern } from './name-pattern.ts'

type Wanted = string | number
export interface NameSettings {
  readonly fields?: string
  readonly where: Readonly<Record<string, Wanted | readonly Wanted[]>>
}

export interface Selected {
  readonly images: readonly ImageFile[]
  readonly masks: readonly MaskFile[]
  /** What names say, by base name without extension. */
  readonly fieldsOf: (stem: string) => Readonly<Record<string, string>>
  readonly findings: readonly Finding[]
}

/**
 * Reads the facts in file names and keeps the images, and their masks, that `where` asks for. Images whose name does not
 * fit are left out. Findings: E106 a pattern that is none, E104 `where` on an unknown field, E210 names that do not fit
 * and values that no image has.
 */
export function selectByName(
  images: readonly ImageFile[],
  masks: readonly MaskFile[],
  { fields, where }: NameSettings,
): Selected {
  const none = (findings: readonly Finding[]): Selected => ({ images, masks, fieldsOf: () => ({}), findings })
  const pattern = fields === undefined ? undefined : parseNamePattern(fields)
  if (pattern?.ok === false) {
    const help = 'write literal text and names, such as zoom_{zoom}_{time}'
    return none([{ ...finding('E106', '', `fields ${pattern.error}`, [help]), setting: 'fields' }])
  }
  const names = pattern?.value.names ?? []
  const unknown = Object.keys(where).filter((name) => !names.includes(name))
  if (unknown.length > 0) return none(unknown.map((name) => unknownField(name, names)))
  if (pattern === undefined) return none([])

  const valuesOf = new Map<string, Readonly<Record<string, string>> | undefined>()
  for (const { stem } of [...images, ...masks]) {
    if (!valuesOf.has(stem)) valuesOf.set(stem, pattern.value.match(stem))
  }
  const wanted = ({ stem }: { stem: string }): boolean => {
    const values = valuesOf.get(stem)
    return values !== undefined && Object.entries(where).every(([name, want]) => accepts(want, values[name]))
  }
  const findings: Finding[] = []
  const misfits = images.filter(({ stem }) => valuesOf.get(stem) === undefined)
  const misfit = new Set(misfits.map(({ stem }) => stem))
  if (misfits.length > 0) {
    const more = moreOf(misfits.length, 'name does not fit', 'names do not fit')
    const message = `the name does not fit fields "${sanitize(fields!)}"`
    findings.push({
      ...finding('E210', misfits[0].id, message, [helpLine('rename it, or change fields', more)]),
      setting: 'fields',
    })
  }
  const fitting = images.map(({ stem }) => valuesOf.get(stem)).filter((values) => values !== undefined)
  for (const [name, want] of Object.entries(where)) findings.push(...missingValues(name, want, fitting))
  return {
    images: images.filter(wanted),
    // A mask whose name does not fit goes with its image; without one it stays, to be reported as a lonely mask.
    masks: masks.filter((mask) => (valuesOf.get(mask.stem) === undefined ? !misfit.has(mask.stem) : wanted(mask))),
    fieldsOf: (stem) => valuesOf.get(stem) ?? {},
    findings,
  }
}

function unknownField(name: string, names: readonly string[]): Finding {
  const near = didYouMean(nearestNames(name, names))
  const known = names.length === 0 ? 'set fields, which names what file names hold' : `Fields: ${someOf(names)}`
  return {
    ...finding('E104', '', `unknown field ${sanitize(name)} in where`, [helpLine(near, known)]),
    setting: 'where',
  }
}

function missingValues(
  name: string,
  want: Wanted | readonly Wanted[],
  fitting: readonly Readonly<Record<string, string>>[],
): Finding[] {
  const there = [...new Set(fitting.map((values) => values[name]))].sort()
  const missing = [want].flat().filter((value) => !there.some((text) => accepts(value, text)))
  if (missing.length === 0 || there.length === 0) return []
  const message = `no image matches where ${sanitize(name)} is ${missing.map((value) => sanitize(String(value))).join(' or ')}`
  return [{ ...finding('E210', '', message, [`${sanitize(name)} is one of: ${someOf(there, 10)}`]), setting: 'where' }]
}

/** Numbers compare as numbers (`03` is 3), text as text. */
function accepts(want: Wanted | readonly Wanted[], text: string): boolean {
  if (typeof want === 'number') return text.trim() !== '' && Number(text) === want
  return typeof want === 'string' ? text === want : want.some((value) => accepts(value, text))
}
