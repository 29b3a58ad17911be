import type { Diagnostic } from '../base/diagnostic.ts'
import { formatBytes } from '../base/format.ts'
import type { LostTask } from './task-runner.ts'

/** What a task host that ended before its task is told as: E602 where memory was the reason or may be, else E605. */
export function lostHost({ how, why, limitBytes, usage }: LostTask): Diagnostic {
  const peak = usage === undefined || usage.rssBytes === 0 ? '' : `, with ${formatBytes(usage.rssBytes)} at most`
  if (why === 'memory') {
    const limit = limitBytes === undefined ? '' : `, more than the ${formatBytes(limitBytes)} it may`
    return lost('E602', `the task host used ${formatBytes(usage?.rssBytes ?? 0)} of memory${limit}, and was killed`, [
      "raise the stage's resources.mem, or lower what it works on at once; what ended is kept",
    ])
  }
  if (why === 'heap')
    return lost('E602', `the task host filled its JavaScript heap${peak}`, [
      'lower what the stage works on at once; what ended is kept',
    ])
  if (why === 'silence')
    return lost('E605', 'the task host gave no sign of life for a minute and was killed', [
      'it was stopped, or the machine has no time for it; run again to go on from here',
    ])
  if (how === 'SIGKILL')
    return lost('E602', `the task host was killed${peak} (out of memory?)`, [
      'free memory or lower the size of the images; what ended is kept',
    ])
  return lost('E605', `the task host ended by ${how}`, ['see the log; run again to go on from here'])
}

const lost = (code: 'E602' | 'E605', message: string, help: readonly string[]): Diagnostic => ({
  code,
  severity: 'error',
  message,
  help,
})
