import type { Item } from '../../artifacts/items.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import { seededRandom } from '../../base/random.ts'
import type { ScanContext, StageDiagnostic } from '../../stages/stage.ts'
import type { Spec, SpecStage } from '../spec/spec.ts'
import { leaks } from './test-lineage.ts'

/** The items table as one list stage leaves it. */
export interface Table {
  readonly items: readonly Item[]
  readonly files: ReadonlyMap<Digest, string>
  readonly onBad: 'fail' | 'skip'
  /** Source -> digest of its pixels, of those that were decoded. */
  readonly pixels?: ReadonlyMap<Digest, Digest>
}

export interface Tables {
  /** By address of the source or list stage. */
  readonly tables: ReadonlyMap<string, Table>
  readonly diagnostics: readonly Diagnostic[]
}

export const isListStage = (stage: SpecStage): boolean => stage.kind.shape === 'source' || stage.kind.shape === 'list'

interface Scanned {
  readonly table: Table
  readonly diagnostics: readonly Diagnostic[]
}

/** Evaluates all source and list stages of the wanted ones, in order. `complete` adds to what a source's scan gives. */
export async function makeTables(
  stages: readonly SpecStage[],
  spec: Spec,
  complete: (stage: SpecStage, scan: (context: ScanContext) => Promise<Scanned>) => Promise<Scanned>,
): Promise<Tables> {
  const tables = new Map<string, Table>()
  const diagnostics: Diagnostic[] = []
  for (const stage of stages) {
    const { kind } = stage
    if (kind.shape === 'source') {
      const completed = await complete(stage, async (context) => {
        const { items, files, onBad = 'fail', diagnostics: found } = await kind.scan(stage.settings, context)
        return { table: { items, files, onBad }, diagnostics: found.map((one) => placed(one, stage)) }
      })
      diagnostics.push(...completed.diagnostics)
      tables.set(stage.address, completed.table)
    } else if (kind.shape === 'list') {
      const before = tables.get(Object.values(stage.bindings)[0])!
      const { items, diagnostics: found = [] } = kind.list(before.items, {
        settings: stage.settings,
        draw: (...purpose) => seededRandom(spec.seed, kind.kind, ...purpose),
      })
      diagnostics.push(...found.map((each) => placed(each, stage)))
      tables.set(stage.address, { ...before, items })
    }
  }
  // Sources tell equal files themselves, with their places; this is for what list stages make equal.
  const told = diagnostics.some(({ code }) => code === 'E214')
  return {
    tables,
    diagnostics: told ? diagnostics : [...diagnostics, ...lastTables(stages, tables).flatMap((table) => leaks(table))],
  }
}

/** The tables that no list stage changes any more. */
function lastTables(stages: readonly SpecStage[], tables: ReadonlyMap<string, Table>): Table[] {
  const changed = new Set(stages.filter(isListStage).flatMap(({ bindings }) => Object.values(bindings)))
  return [...tables].filter(([address]) => !changed.has(address)).map(([, table]) => table)
}

/** A finding about data also points at the setting that led to it. */
export function placed({ setting, ...found }: StageDiagnostic, stage: SpecStage): Diagnostic {
  const at = stage.placeOf(setting)
  if (found.at === undefined) return { ...found, at }
  const where = {
    message: setting === undefined ? `${stage.name} is set here` : `${stage.name}.${setting} is set here`,
    at,
  }
  return { ...found, related: [...(found.related ?? []), where] }
}
