import type { Diagnostic } from '../base/diagnostic.ts'

/** What a task host that ended by itself is told as; `how` is its signal or exit code. */
export function lostHost(how: string): Diagnostic {
  return how === 'SIGKILL'
    ? {
        code: 'E602',
        severity: 'error',
        message: 'the task host was killed (out of memory?)',
        help: ['free memory or lower the size of the images; what ended is kept'],
      }
    : {
        code: 'E605',
        severity: 'error',
        message: `the task host ended by ${how}`,
        help: ['see the log; run again to go on from here'],
      }
}
