import { text as readStream } from 'node:stream/consumers'
import { STAGE_KINDS } from '../stages/registry.ts'
import type { Findings, PlanRequest } from './request.ts'
import { findSpec } from './spec/find.ts'
import { loadSpec } from './spec/load.ts'
import type { Spec } from './spec/spec.ts'

export type OpenedSpec = Findings &
  ({ readonly ok: true; readonly spec: Spec; readonly absolutePath: string } | { readonly ok: false })

/** From what was typed to a valid spec, or everything that is wrong with it. */
export async function openSpec({ spec: { argument, cwd, root }, sets }: PlanRequest): Promise<OpenedSpec> {
  const found = await findSpec(argument, { cwd, root })
  if (!found.ok) return { ok: false, diagnostics: [found.error], sources: new Map() }
  const overrides = sets.map(({ kind, text }) => ({
    option: kind === 'set' ? ('--set' as const) : (`--set-${kind}` as const),
    text,
  }))
  const source = found.value === '-' ? { text: await readStream(process.stdin) } : { path: found.value }
  const loaded = await loadSpec({ ...source, cwd, root, overrides, kinds: STAGE_KINDS })
  const { sources } = loaded
  if (!loaded.ok) return { ok: false, diagnostics: loaded.diagnostics, sources }
  return {
    ok: true,
    spec: loaded.spec,
    absolutePath: found.value === '-' ? `${root}/<stdin>` : found.value,
    diagnostics: loaded.warnings,
    sources,
  }
}
