import type { Diagnostic } from './diagnostic.ts'

/** How the process ends: the one table behind every exit and behind `pipeline help exit-codes`. */
export const EXIT_CODES = [
  { code: 0, meaning: 'ok', when: 'every target fresh, cached, done or cut-off; every gate met' },
  { code: 1, meaning: 'a stage failed', when: 'and "yes" of --exit-code: plan would run something' },
  { code: 2, meaning: 'usage or invalid spec', when: 'E0xx, E1xx, E2xx before the first stage; check: any error' },
  { code: 3, meaning: 'gate not met', when: 'nothing failed, but a metric missed its gate' },
  { code: 4, meaning: 'environment', when: 'engine, weights, permission, cache on a network disk, doctor' },
  { code: 5, meaning: 'storage', when: 'disk full, or cache bound too small; what was published stays' },
  { code: 70, meaning: 'internal error', when: 'a bug in flawline; says where the trace lies' },
  { code: 129, meaning: 'SIGHUP', when: 'after an orderly stop' },
  { code: 130, meaning: 'SIGINT', when: 'Ctrl-C, after an orderly stop' },
  { code: 141, meaning: 'reader closed the pipe', when: 'without a message' },
  { code: 143, meaning: 'SIGTERM', when: 'after an orderly stop' },
] as const

/** Of several ends the one that counts: a signal, then 141, 70, 5, 4, 1, 3; 2 comes before anything could run. */
const STRONGEST_FIRST: readonly number[] = [129, 130, 143, 141, 70, 5, 4, 2, 1, 3]

export function strongestExit(exits: Iterable<number>): number {
  const given = new Set(exits)
  return STRONGEST_FIRST.find((code) => given.has(code)) ?? 0
}

/** The exit an error asks for before anything runs (`E301` -> 4); warnings ask for none. */
export function exitOfDiagnostic({ code, severity }: Pick<Diagnostic, 'code' | 'severity'>): number {
  if (severity !== 'error') return 0
  switch (code[1]) {
    case '0':
    case '1':
    case '2':
      return 2
    case '3':
    case '4':
      return 4
    case '5':
      return 5
    case '6':
      return 1
    case '7':
      return 3
    default:
      return 70
  }
}

export const exitOfDiagnostics = (diagnostics: Iterable<Diagnostic>): number =>
  strongestExit([...diagnostics].map(exitOfDiagnostic))

const SIGNAL_EXITS: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

export const exitOfSignal = (signal: string): number => SIGNAL_EXITS[signal] ?? 130
