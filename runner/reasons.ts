import type { LineageRecord } from '../cache/records.ts'
import type { Reason } from './events.ts'
import { type KeyManifest, type ManifestInput, PROJECT_FILES } from './key.ts'
import type { Resolved } from './plan/resolve.ts'

/** Why a stage is due, by comparing its key manifest with that of this spec's last successful run. */
export function reasonsFor({ stage, manifest, rows }: Resolved, last: LineageRecord | undefined): Reason[] {
  if (last === undefined) return [{ type: 'no-previous-run' }]
  const before = last.manifest as KeyManifest
  if (before.kind !== manifest.kind)
    return [
      {
        type: 'spec-field-changed',
        path: `${stage.name}.uses`,
        old: before.kind,
        new: manifest.kind,
        at: placeText(stage.placeOf()),
      },
    ]
  const reasons: Reason[] = []
  if (before.version !== manifest.version)
    reasons.push({ type: 'stage-version-changed', old: before.version, new: manifest.version })
  for (const name of new Set([...Object.keys(before.settings), ...Object.keys(manifest.settings)])) {
    const [old, now] = [before.settings[name], manifest.settings[name]]
    if (JSON.stringify(old) !== JSON.stringify(now)) {
      reasons.push({
        type: 'spec-field-changed',
        path: name,
        old: old ?? null,
        new: now ?? null,
        at: placeText(stage.placeOf(name)),
      })
    }
  }
  if (before.seed !== manifest.seed)
    reasons.push({ type: 'spec-field-changed', path: 'seed', old: before.seed ?? null, new: manifest.seed ?? null })
  if (before.engine !== manifest.engine)
    reasons.push({ type: 'env-changed', name: 'engine', old: before.engine ?? 'none', new: manifest.engine ?? 'none' })
  if (before.weights !== manifest.weights)
    reasons.push({
      type: 'weights-changed',
      name: 'weights',
      old: before.weights ?? 'none',
      new: manifest.weights ?? 'none',
    })
  return [...reasons, ...inputReasons(manifest, before, rows, last, stage.bindings)]
}

function inputReasons(
  manifest: KeyManifest,
  before: KeyManifest,
  rows: Resolved['rows'],
  last: LineageRecord,
  bindings: Readonly<Record<string, string>>,
): Reason[] {
  const inputsBefore: Readonly<Partial<Record<string, ManifestInput>>> = before.inputs
  const changed = Object.keys(manifest.inputs).filter(
    (port) => inputsBefore[port]?.digest !== manifest.inputs[port].digest,
  )
  const images = rows.length > 0 && last.items !== undefined ? itemReasons(rows, last.items) : []
  const files = manifest.inputs[PROJECT_FILES]
  const touched: Reason[] = changed.includes(PROJECT_FILES)
    ? [{ type: 'input-changed', n: 1, total: files.items ?? 1, examples: [] }]
    : []
  const upstream = changed
    .filter((port) => port !== PROJECT_FILES && (images.length === 0 || manifest.inputs[port].items === undefined))
    .map(
      (port): Reason => ({
        type: 'upstream-output-changed',
        stage: bindings[port] ?? bindings[port.slice(0, port.lastIndexOf('.'))],
        artifact: port,
        ...(inputsBefore[port] && { old: inputsBefore[port].digest }),
        new: manifest.inputs[port].digest,
      }),
    )
  return [...images, ...touched, ...upstream]
}

function itemReasons(rows: Resolved['rows'], before: ReadonlyMap<string, string>): Reason[] {
  const idsBefore = new Set(before.values())
  const now = new Map(rows.map(({ item }) => [item.image.digest as string, item.id]))
  const idsNow = new Set(now.values())
  const fresh = [...now].filter(([digest]) => !before.has(digest)).map(([, id]) => id)
  const changed = fresh.filter((id) => idsBefore.has(id))
  const added = fresh.filter((id) => !idsBefore.has(id))
  const removed = [...before].filter(([digest, id]) => !now.has(digest) && !idsNow.has(id)).map(([, id]) => id)
  const reason = (type: 'input-changed' | 'input-added' | 'input-removed', ids: string[]): Reason[] =>
    ids.length === 0 ? [] : [{ type, n: ids.length, total: rows.length, examples: ids.sort().slice(0, 3) }]
  return [...reason('input-changed', changed), ...reason('input-added', added), ...reason('input-removed', removed)]
}

const placeText = ({ file, line, column }: { file: string; line?: number; column?: number }): string =>
  `${file}:${line ?? 1}:${column ?? 1}`
