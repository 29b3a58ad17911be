import { formatBytes, formatCount, formatDuration } from '../base/format.ts'
import { verifyCache } from '../cache/verify.ts'
import { EXIT_ENVIRONMENT, EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { openCache } from './open-cache.ts'
import { parseShare } from './share.ts'

/** `pipeline cache verify`: exit 4 where stored bytes are damaged. */
export async function run({ io, options }: Invocation): Promise<number> {
  const sample = options.text('sample')
  const share = sample === undefined ? 1 : parseShare('--sample', sample)
  const started = performance.now()
  const cache = openCache(io)
  const found =
    cache === undefined
      ? { checked: 0, total: 0, bytes: 0, good: 0, damaged: [], gone: 0 }
      : await verifyCache(cache, share)
  await cache?.close()
  const { checked, total, bytes, good, damaged, gone } = found
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'cache-verify', ...found })}\n`)
  else {
    const wall = formatDuration(performance.now() - started)
    const missing = gone === 0 ? '' : `, ${formatCount(gone)} gone`
    io.stdout.write(
      `${formatCount(checked)} of ${formatCount(total)} entries, ${formatBytes(bytes)}, ${wall}: ${formatCount(good)} good, ${formatCount(damaged.length)} damaged${missing}\n`,
    )
    for (const key of damaged) io.stdout.write(`${key}\n`)
  }
  return damaged.length > 0 ? EXIT_ENVIRONMENT : EXIT_OK
}
