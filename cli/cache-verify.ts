import { formatBytes, formatCount, formatDuration } from '../base/format.ts'
import { healCache } from '../cache/heal.ts'
import { verifyCache } from '../cache/verify.ts'
import { foldersOf } from '../runner/environment.ts'
import { EXIT_ENVIRONMENT, EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { openCache } from './open-cache.ts'
import { parseShare } from './share.ts'

/** `pipeline cache verify`: exit 4 where stored bytes are damaged. */
export async function run({ io, options }: Invocation): Promise<number> {
  const sample = options.text('sample')
  const share = sample === undefined ? 1 : parseShare('--sample', sample)
  const started = performance.now()
  const aside = await healCache(foldersOf(io.root, io.environment).cache)
  const cache = openCache(io)
  const found =
    cache === undefined
      ? { checked: 0, total: 0, bytes: 0, good: 0, damaged: [], gone: 0 }
      : await verifyCache(cache, share)
  await cache?.close()
  const { checked, total, bytes, good, damaged, gone } = found
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'cache-verify', ...found, setAside: aside })}\n`)
  else {
    const wall = formatDuration(performance.now() - started)
    const missing = gone === 0 ? '' : `, ${formatCount(gone)} gone`
    io.stdout.write(
      `${formatCount(checked)} of ${formatCount(total)} entries, ${formatBytes(bytes)}, ${wall}: ${formatCount(good)} good, ${formatCount(damaged.length)} damaged${missing}\n`,
    )
    for (const name of [...damaged, ...aside.map((file) => `${file} set aside: damaged inside`)])
      io.stdout.write(`${name}\n`)
  }
  return damaged.length + aside.length > 0 ? EXIT_ENVIRONMENT : EXIT_OK
}
