import { join } from 'node:path'
import { text as readStream } from 'node:stream/consumers'
import { STAGE_KINDS } from '../stages/registry.ts'
import { foldersOf } from './environment.ts'
import { type Findings, type PlanRequest, SET_OPTIONS } from './request.ts'
import { keepSpec, type MemoRequest, recallSpec } from './spec/memo.ts'
import type { Spec } from './spec/spec.ts'
import { programMark } from './versions.ts'

export type OpenedSpec = Findings &
  (
    | {
        readonly ok: true
        readonly spec: Spec
        /** Writes it down, so that the next time it is read faster; for when the cache folder is known to be usable. */
        readonly keep: () => void
      }
    | { readonly ok: false }
  )

/** From a found file (`-`: standard input) to a valid spec, or everything that is wrong with it. */
export async function openSpec(
  { spec: { cwd, root }, sets, environment }: Pick<PlanRequest, 'spec' | 'sets' | 'environment'>,
  path: string,
): Promise<OpenedSpec> {
  const overrides = sets.map(({ kind, text }) => ({ option: SET_OPTIONS[kind], text }))
  const isKnowable = path !== '-' && !sets.some(({ kind }) => kind === 'file') // else other texts stand behind it
  const program = isKnowable ? programMark() : undefined
  const memo: MemoRequest | undefined =
    program === undefined ? undefined : { path, cwd, root, overrides, program, kinds: STAGE_KINDS }
  const folder = join(foldersOf(root, environment).cache, 'specs')
  const known = memo && recallSpec(folder, memo)
  if (known !== undefined)
    return { ok: true, spec: known.spec, diagnostics: [], sources: known.sources, keep: () => {} }
  const source = path === '-' ? { text: await readStream(process.stdin) } : { path }
  const { loadSpec } = await import('./spec/load.ts') // with readers of YAML and schemas, which take long to load
  const loaded = await loadSpec({ ...source, cwd, root, overrides, kinds: STAGE_KINDS })
  const { sources } = loaded
  if (!loaded.ok) return { ok: false, diagnostics: loaded.diagnostics, sources }
  const keep = (): void => {
    if (memo !== undefined && loaded.warnings.length === 0) keepSpec(folder, memo, loaded)
  }
  return { ok: true, spec: loaded.spec, diagnostics: loaded.warnings, sources, keep }
}
