import type { Diagnostic } from '../base/diagnostic.ts'
import { printDiagnostics } from '../ui/diagnostics.ts'
import type { Output } from '../ui/run-ui.ts'

/** Diagnostics with their source lines; nothing for none. */
export function writeDiagnostics(
  { write, look, columns }: Output,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): void {
  if (diagnostics.length > 0)
    write(`${printDiagnostics(diagnostics, sources, { columns: columns(), color: look.color })}\n`)
}
