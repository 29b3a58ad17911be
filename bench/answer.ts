import { createInterface } from 'node:readline'

/** The reply to one line of `peer.ts`: time of the step, this process's highest memory, and what to say of the result. */
export function answer(ms: number, note = ''): void {
  console.log(`${ms} ${process.resourceUsage().maxRSS / 1024} ${note}`)
}

/** Calls `reply`, which answers, for each line on stdin. */
export async function forEachLine(reply: () => void | Promise<void>): Promise<void> {
  console.log('ready')
  for await (const line of createInterface({ input: process.stdin })) if (line === 'step') await reply()
}

export interface Service {
  /** Steps for each line; the answer is the time of one. @default 1 */
  readonly times?: number
  /** What to say of the last result; not part of the time. */
  readonly note?: () => string
}

/** Times `step` for each line on stdin. */
export const serve = (step: () => unknown, { times = 1, note = () => '' }: Service = {}): Promise<void> =>
  forEachLine(async () => {
    const started = performance.now()
    for (let i = 0; i < times; i++) await step()
    answer((performance.now() - started) / times, note())
  })
