import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { Place } from '../../base/diagnostic.ts'
import { digestBytes, digestValue } from '../../base/digest.ts'
import { faultPoint } from '../../base/fault.ts'
import type { StageKind } from '../../stages/stage.ts'
import type { Spec, SpecStage } from './spec.ts'

/** Raised when what is kept means something else. */
const FORMAT = 2
/** Specs remembered at most, each with its own overrides. */
const MAX_MEMOS = 64
const DIGEST_BYTES = 32

/** All that a loaded spec depends on, beside the texts of its files. */
export interface MemoRequest {
  /** Of the spec, absolute. */
  readonly path: string
  readonly cwd: string
  readonly root: string
  readonly overrides: readonly unknown[]
  /** Names the program: another one may read the same text otherwise. */
  readonly program: string
  readonly kinds: readonly StageKind[]
}

export interface Loaded {
  readonly spec: Spec
  /** Texts of files and arguments, by the name that places give them. */
  readonly sources: ReadonlyMap<string, string>
  /** Absolute paths of those that are files. */
  readonly files: ReadonlyMap<string, string>
}

type StageData = Omit<SpecStage, 'kind' | 'placeOf' | 'originOf' | 'writtenSettings'>
/** Places of a stage, of the settings that are written: setting -> place, origin; `''` stands for the stage. */
type Places = ReadonlyMap<string, readonly [place: Place, origin: Place]>

interface Memo {
  /** `MemoData` as JSON, which is read twice as fast as values in V8's own format. */
  readonly data: string
  /** `Places` of each stage, read only where one is asked for. */
  readonly places: Uint8Array
}

interface MemoData {
  readonly files: readonly (readonly [name: string, path: string, digest: string])[]
  readonly arguments: readonly (readonly [name: string, text: string])[]
  readonly spec: Omit<Spec, 'stages'>
  readonly stages: readonly (readonly [kind: string, version: number, data: StageData])[]
}

/**
 * The spec as it was loaded from the same texts before, which takes a tenth of the time; undefined where there is none,
 * where a text differs, or where what was kept is damaged.
 */
export function recallSpec(folder: string, request: MemoRequest): Loaded | undefined {
  try {
    const kept = readFileSync(memoPath(folder, request))
    const body = kept.subarray(DIGEST_BYTES)
    if (!sha256(body).equals(kept.subarray(0, DIGEST_BYTES))) return undefined
    const { data, places } = deserialize(body) as Memo
    const memo = JSON.parse(data) as MemoData
    const sources = new Map(memo.arguments)
    for (const [name, path, digest] of memo.files) {
      const text = new TextDecoder().decode(readFileSync(path))
      if (digestText(text) !== digest) return undefined
      sources.set(name, text)
    }
    const files = new Map(memo.files.map(([name, path]) => [name, path]))
    return { spec: { ...memo.spec, stages: recallStages(memo.stages, places, request.kinds) }, sources, files }
  } catch {
    return undefined // not there, or not to be read: the spec itself is
  }
}

/** Writes down a loaded spec for the next time. What cannot be written is only slower. */
export function keepSpec(folder: string, request: MemoRequest, { spec, sources, files }: Loaded): void {
  const { stages, ...data } = spec
  const places = stages.map((stage): Places => {
    const settings = ['', ...stage.writtenSettings()]
    return new Map(
      settings.map((name) => [name, [stage.placeOf(name || undefined), stage.originOf(name || undefined)]]),
    )
  })
  try {
    const memo: MemoData = {
      files: [...files].map(([name, path]) => [name, path, digestText(sources.get(name)!)]),
      arguments: [...sources].filter(([name]) => !files.has(name)),
      spec: data,
      stages: stages.map((stage) => [stage.kind.kind, stage.kind.version, dataOf(stage)]),
    }
    const body = serialize({ data: JSON.stringify(memo), places: serialize(places) } satisfies Memo)
    const path = memoPath(folder, request)
    mkdirSync(dirname(path), { recursive: true })
    faultPoint('memo-write')
    writeFileSync(`${path}.${process.pid}.part`, Buffer.concat([sha256(body), body]))
    faultPoint('memo-rename')
    renameSync(`${path}.${process.pid}.part`, path)
    forgetOldest(dirname(path))
  } catch {
    // a full or read-only disk is told by those who must write there
  }
}

const dataOf = (stage: SpecStage): StageData =>
  Object.fromEntries(
    Object.entries(stage).filter(([name, value]) => name !== 'kind' && typeof value !== 'function'),
  ) as unknown as StageData

function recallStages(stages: MemoData['stages'], places: Uint8Array, kinds: readonly StageKind[]): SpecStage[] {
  const known = new Map(kinds.map((kind) => [kind.kind, kind]))
  let read: readonly Places[] | undefined
  const placesOf = (i: number): Places => (read ??= deserialize(places) as readonly Places[])[i]
  return stages.map(([name, version, data], i) => {
    const kind = known.get(name)
    if (kind?.version !== version) throw new Error(`there is no ${name} of version ${version}`)
    return {
      ...data,
      kind,
      placeOf: (setting) => nearest(placesOf(i), setting)[0],
      originOf: (setting) => nearest(placesOf(i), setting)[1],
      writtenSettings: () => [...placesOf(i).keys()].filter((each) => each !== ''),
    }
  })
}

/** The places of a setting, or of what is written around it. */
function nearest(places: Places, setting = ''): readonly [place: Place, origin: Place] {
  for (let name = setting; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const found = places.get(name)
    if (found !== undefined) return found
  }
  return places.get('')!
}

function memoPath(folder: string, { path, cwd, root, overrides, program }: MemoRequest): string {
  return join(folder, digestValue('spec', { format: FORMAT, path, cwd, root, overrides, program }))
}

function forgetOldest(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= MAX_MEMOS) return
  const aged = names.map((name) => ({ path: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
  for (const { path } of aged.sort((a, b) => a.at - b.at).slice(0, names.length - MAX_MEMOS)) rmSync(path)
}

const digestText = (text: string): string => digestBytes(Buffer.from(text))

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
