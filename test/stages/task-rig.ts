import type { ArtifactKind } from '../../artifacts/kinds.ts'
import { type Item, picture } from '../../artifacts/items.ts'
import { encodeScore, type ScoresHeader } from '../../artifacts/scores.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { digestBytes, digestValue } from '../../base/digest.ts'
import { seededRandom } from '../../base/random.ts'
import type { Inputs, ItemsInput, Pixels, TaskContext, TaskItem, WholeInput } from '../../stages/stage.ts'

/** An image as a test describes it; `map` (grid x grid) and `score` are what the score stage stored. */
export interface TestImage {
  readonly id: string
  readonly split?: TaskItem['split']
  readonly label?: Item['label']
  readonly defect?: string
  readonly part?: string
  readonly score?: number
  readonly map?: readonly number[] | Float32Array
  readonly pixels?: Pixels
  /** 0 or 255. */
  readonly mask?: Pixels
  readonly facts?: Item['facts'] | null
}

const FACTS = { width: 4, height: 4, greyMean: 100, greyDeviation: 10 }

/** Grey values, row-major, as pixels; a width alone means a square. */
export function pixelsOf(values: ArrayLike<number>, width = Math.sqrt(values.length)): Pixels {
  return { width, height: values.length / width, channels: 1, data: Uint8Array.from(values) }
}

/** A `scores` port in memory, items in the order of their digests. */
export function scoresInput(header: ScoresHeader, images: readonly TestImage[]): ItemsInput {
  const known = new Map<TaskItem, TestImage>()
  const items = images.map((image) => {
    const recipe = picture({ type: 'file', digest: digestValue('test', image.id) })
    const mask = image.mask && picture({ type: 'file', digest: digestValue('test mask', image.id) })
    const { id, label = 'ok', defect, part, facts } = image
    const item: TaskItem = {
      digest: recipe.digest,
      recipe,
      copy: 0,
      split: image.split ?? 'test',
      columns: {
        id,
        label,
        ...(defect !== undefined && { defect }),
        ...(part !== undefined && { part }),
        ...(facts !== null && { facts: facts ?? factsOf(image) }),
      },
      ...(mask && { mask }),
    }
    known.set(item, image)
    return item
  })
  const of = (item: TaskItem): TestImage => known.get(item)!
  return {
    kind: 'scores',
    header,
    items: items.sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    has: (item) => of(item).score !== undefined,
    read(item) {
      const { id, score, map } = of(item)
      if (score === undefined) throw new Error(`${id} has no score`)
      const cells = Float32Array.from(map ?? new Array<number>(header.grid ** 2).fill(score))
      return Promise.resolve(encodeScore({ score, map: cells }, header.grid))
    },
    render: (item) => Promise.resolve(renderedOf(of(item))),
    renderMask: (item) => Promise.resolve(of(item).mask),
  }
}

const renderedOf = ({ pixels, mask }: TestImage): Pixels => {
  const { width, height } = mask ?? FACTS
  return pixels ?? pixelsOf(new Uint8Array(width * height).fill(100), width)
}
const factsOf = (image: TestImage): NonNullable<Item['facts']> => {
  const { width, height } = renderedOf(image)
  return { ...FACTS, width, height }
}

/** Ports in memory: items as they are, whole artifacts as bytes. */
export function inputsOf(ports: Readonly<Record<string, ItemsInput | Uint8Array>>): Inputs {
  return {
    bound: () => [],
    projectFiles: [],
    has: (port) => port in ports,
    items: (port) => ports[port] as ItemsInput,
    whole(port): WholeInput {
      const bytes = ports[port] as Uint8Array
      return {
        kind: port as ArtifactKind,
        digest: digestBytes(bytes),
        read: () => Promise.resolve(bytes),
      }
    },
  }
}

/** A task's context that keeps what it is told. */
export interface TestContext<T> extends TaskContext<T> {
  readonly warnings: readonly Diagnostic[]
  readonly logged: readonly string[]
  readonly progressed: readonly (readonly [done: number, total: number])[]
}

export function taskContext<T>(
  settings: T,
  { seed = 7, signal = new AbortController().signal }: { readonly seed?: number; readonly signal?: AbortSignal } = {},
): TestContext<T> {
  const warnings: Diagnostic[] = []
  const logged: string[] = []
  const progressed: (readonly [number, number])[] = []
  const none = (): never => {
    throw new Error('not part of this test')
  }
  return {
    settings,
    signal,
    engine: 'onnx-cpu',
    seed: 7,
    variables: {},
    threads: 1,
    devices: [],
    memBytes: undefined,
    used: () => {},
    warnings,
    logged,
    progressed,
    draw: (...parts) => seededRandom(seed, 'test', ...parts),
    progress: (done, total) => void progressed.push([done, total]),
    metric: none,
    log: (text) => void logged.push(text),
    warn: (diagnostic) => void warnings.push(diagnostic),
    weights: none,
    checkpoint: { read: () => undefined, write: () => {} },
    putBlob: none,
    disk: { folder: none, read: none, place: none, keep: none },
  }
}
