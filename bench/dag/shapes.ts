import { concatStep, type Dag, outputOf, type Step } from './dag.ts'

const LAYERS = 10

/**
 * Ten layers of equal width, each step concatenating two neighbours of the layer before; the first layer reads two
 * sources of its own, of eight bytes each, so that the last one's files have 8 KiB.
 */
export const layeredDag = (steps: number): Dag => layered(LAYERS, Math.round(steps / LAYERS))

function layered(layers: number, width: number): Dag {
  const sources = new Map<string, string>()
  const made: Step[] = []
  for (let i = 0; i < width; i++)
    for (const side of ['a', 'b']) sources.set(`src/${side}${i}`, `${side}${String(i).padStart(6, '0')}\n`)
  for (let layer = 0; layer < layers; layer++)
    for (let i = 0; i < width; i++) {
      const neighbour = (i + 1) % width
      const inputs =
        layer === 0 ? [`src/a${i}`, `src/b${i}`] : [nameOf(layer - 1, i), nameOf(layer - 1, neighbour)].map(outputOf)
      made.push(concatStep(nameOf(layer, i), inputs))
    }
  return { sources, steps: made }
}

const nameOf = (layer: number, i: number): string => `s${layer}-${i}`

const SLOW = { layers: 4, width: 4, bytes: 16_384 }

/** A few steps that take 0.1 s each, whose outputs are large enough to be files of their own in every cache. */
export function slowDag(): Dag {
  const { layers, width, bytes } = SLOW
  const dag = layered(layers, width)
  const sources = [...dag.sources].map(([path, text]) => [path, String(text).trim().padEnd(bytes, '.')] as const)
  const steps = dag.steps.map(({ command, ...step }) => ({
    ...step,
    command: (at: (path: string) => string) => `sleep 0.1 && ${command(at)}`,
  }))
  return { sources: new Map(sources), steps }
}

/** One step that joins every file of a folder, `files` of 4 KiB each, a thousand in a folder of its own. */
export function treeDag(files: number): Dag {
  const sources = new Map(
    Array.from({ length: files }, (_, i) => [`data/${Math.floor(i / 1000)}/f${i}`, block(i)] as const),
  )
  const command: Step['command'] = (at) => `find data -type f | LC_ALL=C sort | xargs cat > ${at(outputOf('joined'))}`
  return { sources, steps: [{ name: 'joined', inputs: [], folder: 'data', output: outputOf('joined'), command }] }
}

const BLOCK_BYTES = 4096

/** A text of 4 KiB that no other number has. */
const block = (i: number): string => `${i} `.padEnd(BLOCK_BYTES, `${i.toString(36)}.`)

/** A step for each image, and one that reads all of theirs. The step is the least there is: a checksum. */
export function itemsDag(images: ReadonlyMap<string, Uint8Array>): Dag {
  const each = [...images.keys()].map((path, i): Step => {
    const name = `i${i}`
    return {
      name,
      inputs: [path],
      output: outputOf(name),
      command: (at) => `cksum < ${at(path)} > ${at(outputOf(name))}`,
    }
  })
  const command = (): string =>
    `LC_ALL=C ls out | grep ^i | sed s,^,out/, | xargs cat | sha256sum > ${outputOf('reduce')}`
  const reduce = { name: 'reduce', inputs: each.map(({ output }) => output), output: outputOf('reduce'), command }
  return { sources: images, steps: [...each, reduce] }
}

/** Values of each axis: 5 x 5 x 4 x 5 = 500 variants. */
export const SWEEP_AXES: Axes = { a: 5, b: 5, c: 4, d: 5 }

export type Axes = Readonly<Record<string, number>>

/** Three steps that all variants share, then three for each variant: 3 + 3 x 500. Each value of an axis is a file. */
export function sweepDag(axes: Axes): Dag {
  const own = cellsOf(axes).flatMap((cell) => {
    const name = cell.join('')
    return [
      concatStep(`q0-${name}`, [outputOf('p2'), ...cell.map((value) => `src/${value}`)]),
      concatStep(`q1-${name}`, [outputOf(`q0-${name}`), 'src/q1']),
      concatStep(`q2-${name}`, [outputOf(`q1-${name}`), 'src/q2']),
    ]
  })
  const values = Object.entries(axes).flatMap(([axis, count]) => Array.from({ length: count }, (_, i) => `${axis}${i}`))
  return {
    sources: new Map(['p0', 'p1', 'p2', 'q1', 'q2', ...values].map((name) => [`src/${name}`, `${name}\n`])),
    steps: [
      concatStep('p0', ['src/p0']),
      concatStep('p1', [outputOf('p0'), 'src/p1']),
      concatStep('p2', [outputOf('p1'), 'src/p2']),
      ...own,
    ],
  }
}

/** Every combination, such as `a0 b3 c1 d4`; the last axis fastest. */
const cellsOf = (axes: Axes): string[][] =>
  Object.entries(axes).reduce<string[][]>(
    (cells, [axis, count]) =>
      cells.flatMap((cell) => Array.from({ length: count }, (_, value) => [...cell, `${axis}${value}`])),
    [[]],
  )
