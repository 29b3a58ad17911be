import { isAbsolute, join } from 'node:path'
import { type Digest, digestFile } from '../../base/digest.ts'
import { errorCode } from '../../stages/acquire/finding.ts'
import type { ScanContext } from '../../stages/stage.ts'

export interface TestScanContext extends ScanContext {
  /** Calls that reached the file system: one per distinct content and topic. */
  readonly computed: string[]
  readonly digestCalls: readonly (readonly string[])[]
  readonly progressed: readonly (readonly [number, number])[]
}

/** A scan context in memory over the real file system; `unreadable` paths fail as they would without permission. */
export function scanContext(
  root: string,
  {
    seed = 7,
    unreadable = [],
    signal = new AbortController().signal,
  }: {
    seed?: number
    unreadable?: readonly string[]
    signal?: AbortSignal
  } = {},
): TestScanContext {
  const facts = new Map<string, unknown>()
  const computed: string[] = []
  const digestCalls: (readonly string[])[] = []
  const progressed: (readonly [number, number])[] = []
  return {
    signal,
    seed,
    computed,
    digestCalls,
    progressed,
    absolute: (path) => (isAbsolute(path) ? path : join(root, path)),
    async digests(paths) {
      digestCalls.push(paths)
      const digests = new Map<string, Digest>()
      const failed = new Map<string, string>()
      for (const path of paths) {
        try {
          if (unreadable.some((name) => path.endsWith(name))) throw new Error('EACCES')
          digests.set(path, await digestFile(path))
        } catch (error) {
          failed.set(path, errorCode(error))
        }
      }
      return { digests, failed }
    },
    async remember<T>(topic: string, digest: Digest, compute: () => Promise<T>): Promise<T> {
      const key = `${topic} ${digest}`
      if (!facts.has(key)) {
        computed.push(key)
        facts.set(key, await compute())
      }
      return facts.get(key) as T
    },
    progress: (done, total) => void progressed.push([done, total]),
  }
}
