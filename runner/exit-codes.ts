import type { Diagnostic } from '../base/diagnostic.ts'

/** Exit code of errors found before the first stage started, by family of their code; the worst of several wins. */
export function exitOf(diagnostics: readonly Diagnostic[]): number {
  const codes = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => EXIT_BY_FAMILY.get(code[1]) ?? 70)
  return [70, 5, 4, 2, 1].find((exit) => codes.includes(exit)) ?? 0
}

const EXIT_BY_FAMILY: ReadonlyMap<string, number> = new Map([
  ['0', 2],
  ['1', 2],
  ['2', 2],
  ['3', 4],
  ['4', 4],
  ['5', 5],
  ['6', 1],
])
