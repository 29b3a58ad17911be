import { canonicalJson } from '../../base/canonical.ts'
import { type KeyManifest, PROJECT_FILES } from '../key.ts'
import type { SameField } from './why-document.ts'

/** What two manifests have in common, in the order people read it: kind, settings, seed, library versions, inputs. */
export function sameFields(now: KeyManifest, before: KeyManifest, stageBehind: (input: string) => string): SameField[] {
  if (now.kind !== before.kind) return []
  const same: SameField[] = now.version === before.version ? [{ name: 'kind version', value: now.version }] : []
  const settings = new Map(leaves(before.settings))
  for (const [name, value] of leaves(now.settings))
    if (settings.has(name) && canonicalJson(settings.get(name)) === canonicalJson(value))
      same.push({ name, value: plain(value) })
  for (const name of ['seed', 'engine', 'decoder'] as const) {
    const value = now[name]
    if (value !== undefined && value === before[name]) same.push({ name, value })
  }
  if (now.weights !== undefined && now.weights === before.weights)
    same.push({ name: 'weights', value: now.weights, digest: true })
  const inputs: Readonly<Partial<KeyManifest['inputs']>> = before.inputs
  for (const [input, { digest }] of Object.entries(now.inputs))
    if (inputs[input]?.digest === digest)
      same.push({ name: input === PROJECT_FILES ? input : stageBehind(input), value: digest, digest: true })
  return same
}

function leaves(value: unknown, path: readonly string[] = []): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]))
  return [[path.join('.'), value ?? null]]
}

const plain = (value: unknown): SameField['value'] =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : canonicalJson(value)
