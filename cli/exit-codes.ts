/** How the process ends: the table behind `pipeline help exit-codes` and the end of `run --help`. */
export const EXIT_CODES = [
  { code: 0, meaning: 'ok', when: 'every target up to date, every gate met' },
  { code: 1, meaning: 'a stage failed', when: 'also plan, status --exit-code: work is due' },
  { code: 2, meaning: 'usage or invalid spec', when: 'before the first stage started; check: any error' },
  { code: 3, meaning: 'gate not met', when: 'nothing failed, but a metric missed its gate' },
  { code: 4, meaning: 'environment', when: 'engine, weights, permission, network disk, doctor' },
  { code: 5, meaning: 'storage', when: 'disk full, or cache bound too small' },
  { code: 70, meaning: 'internal error', when: 'a bug in flawline; says where the trace lies' },
  { code: 129, meaning: 'SIGHUP', when: 'after an orderly stop' },
  { code: 130, meaning: 'SIGINT', when: 'Ctrl-C; after an orderly stop' },
  { code: 141, meaning: 'reader closed the pipe', when: 'without a message' },
  { code: 143, meaning: 'SIGTERM', when: 'after an orderly stop' },
] as const

export const EXIT_OK = 0
export const EXIT_YES = 1
export const EXIT_USAGE = 2
export const EXIT_ENVIRONMENT = 4
export const EXIT_STORAGE = 5
export const EXIT_INTERNAL = 70
export const EXIT_PIPE = 141

const SIGNAL_EXITS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export type StopSignal = keyof typeof SIGNAL_EXITS
export const STOP_SIGNALS = Object.keys(SIGNAL_EXITS) as StopSignal[]
export const exitOfSignal = (signal: StopSignal): number => SIGNAL_EXITS[signal]
