import { Failure } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import type { ScanContext } from '../stage.ts'
import { type Finding, finding, MAKE_READABLE } from './finding.ts'
import type { FoundFile } from './walk-folder.ts'

export interface Content {
  readonly digest: Digest
  /** Size in px, orientation applied. */
  readonly width: number
  readonly height: number
}

export interface Contents {
  /** By id; a file with a finding is missing. */
  readonly of: ReadonlyMap<string, Content>
  readonly findings: readonly Finding[]
}

/** Headers that are read at once: enough to hide the latency of a disk, far from the limit of open files. */
const PARALLEL = 32

/** Digest and size of every file. Each content is read once for ever, however many files have it. Findings: E403, E212, E217. */
export async function readContents(files: readonly FoundFile[], context: ScanContext): Promise<Contents> {
  const { digests, failed } = await context.digests(files.map(({ path }) => path))
  const pathOf = new Map<Digest, string>()
  for (const { path } of files) {
    const digest = digests.get(path)
    if (digest !== undefined && !pathOf.has(digest)) pathOf.set(digest, path)
  }
  const contentOf = await readSizes([...pathOf], context)
  const contents = new Map<string, Content>()
  const findings: Finding[] = []
  for (const { id, path } of files) {
    const digest = digests.get(path)
    if (digest === undefined) {
      findings.push(finding('E403', id, `cannot read the file: ${failed.get(path) ?? 'it is gone'}`, [MAKE_READABLE]))
      continue
    }
    const size = contentOf.get(digest)!
    if (size instanceof Failure) {
      const { code, message, help = ['replace the file, or take it out of the set'] } = size.diagnostic
      findings.push(finding(code, id, message, help))
    } else contents.set(id, size)
  }
  return { of: contents, findings }
}

async function readSizes(
  sources: readonly (readonly [Digest, string])[],
  context: ScanContext,
): Promise<Map<Digest, Content | Failure>> {
  const { readHeader } = await import('../../imaging/header.ts')
  const sizes = new Map<Digest, Content | Failure>()
  let next = 0
  async function work(): Promise<void> {
    while (next < sources.length) {
      context.signal.throwIfAborted()
      const [digest, path] = sources[next++]
      try {
        const { width, height } = await context.remember('header@1', digest, () => readHeader(path))
        sizes.set(digest, { digest, width, height })
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        sizes.set(digest, error)
      }
      context.progress(sizes.size, sources.length)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return sizes
}
