import { text as readStream } from 'node:stream/consumers'
import { STAGE_KINDS } from '../stages/registry.ts'
import { type Findings, type PlanRequest, SET_OPTIONS } from './request.ts'
import { loadSpec } from './spec/load.ts'
import type { Spec } from './spec/spec.ts'

export type OpenedSpec = Findings & ({ readonly ok: true; readonly spec: Spec } | { readonly ok: false })

/** From a found file (`-`: standard input) to a valid spec, or everything that is wrong with it. */
export async function openSpec({ spec: { cwd, root }, sets }: PlanRequest, path: string): Promise<OpenedSpec> {
  const overrides = sets.map(({ kind, text }) => ({ option: SET_OPTIONS[kind], text }))
  const source = path === '-' ? { text: await readStream(process.stdin) } : { path }
  const loaded = await loadSpec({ ...source, cwd, root, overrides, kinds: STAGE_KINDS })
  const { sources } = loaded
  if (!loaded.ok) return { ok: false, diagnostics: loaded.diagnostics, sources }
  return { ok: true, spec: loaded.spec, diagnostics: loaded.warnings, sources }
}
