/** The shape of EfficientNet (Tan, Le 2019) and EfficientNet-Lite, without weights. */

export const EFFICIENTNETS = {
  'efficientnet-b0': { width: 1.0, depth: 1.0, resolution: 224, lite: false },
  'efficientnet-b1': { width: 1.0, depth: 1.1, resolution: 240, lite: false },
  'efficientnet-b2': { width: 1.1, depth: 1.2, resolution: 260, lite: false },
  'efficientnet-b3': { width: 1.2, depth: 1.4, resolution: 300, lite: false },
  'efficientnet-b4': { width: 1.4, depth: 1.8, resolution: 380, lite: false },
  'efficientnet-b5': { width: 1.6, depth: 2.2, resolution: 456, lite: false },
  'efficientnet-b6': { width: 1.8, depth: 2.6, resolution: 528, lite: false },
  'efficientnet-b7': { width: 2.0, depth: 3.1, resolution: 600, lite: false },
  'efficientnet-lite0': { width: 1.0, depth: 1.0, resolution: 224, lite: true },
  'efficientnet-lite1': { width: 1.0, depth: 1.1, resolution: 240, lite: true },
  'efficientnet-lite2': { width: 1.1, depth: 1.2, resolution: 260, lite: true },
  'efficientnet-lite3': { width: 1.2, depth: 1.4, resolution: 280, lite: true },
  'efficientnet-lite4': { width: 1.4, depth: 1.8, resolution: 300, lite: true },
} as const

export type EfficientNetName = keyof typeof EFFICIENTNETS
export const EFFICIENTNET_NAMES = Object.keys(EFFICIENTNETS) as readonly EfficientNetName[]

/** An MBConv block: expand 1x1, depthwise k x k, squeeze and excite, project 1x1. */
export interface BlockStructure {
  /** 1..7 */
  readonly stage: number
  /** Within the stage, from 0. */
  readonly index: number
  /** Within the network, from 0. */
  readonly running: number
  readonly input: number
  readonly expanded: number
  readonly output: number
  readonly kernel: number
  readonly stride: 1 | 2
  /** Width of the squeeze, from the block's input, not from the expanded width; 0 in Lite, which has none. */
  readonly squeeze: number
}

export interface NetworkStructure {
  readonly name: EfficientNetName
  /** Native input size in px. */
  readonly resolution: number
  readonly lite: boolean
  readonly stem: number
  readonly head: number
  readonly blocks: readonly BlockStructure[]
}

/** Table 1 of the paper: expansion, kernel, stride, width, repeats of stages 1..7 at B0. */
const BASE_STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const
const BASE_STEM = 32
const BASE_HEAD = 1280
export const STAGE_COUNT = BASE_STAGES.length
export const CLASS_COUNT = 1000

/** Widths are multiples of 8, and never fall by more than a tenth through rounding. */
function scaledWidth(base: number, factor: number): number {
  const rounded = Math.max(8, Math.floor((base * factor + 4) / 8) * 8)
  return rounded < 0.9 * base * factor ? rounded + 8 : rounded
}

export function networkStructure(name: EfficientNetName): NetworkStructure {
  const { width, depth, resolution, lite } = EFFICIENTNETS[name]
  const stem = lite ? BASE_STEM : scaledWidth(BASE_STEM, width)
  const blocks: BlockStructure[] = []
  let input = stem
  for (const [at, [expansion, kernel, stride, base, repeats]] of BASE_STAGES.entries()) {
    const output = scaledWidth(base, width)
    const outermost = at === 0 || at === STAGE_COUNT - 1
    const count = lite && outermost ? repeats : Math.ceil(depth * repeats)
    for (let index = 0; index < count; index++) {
      blocks.push({
        stage: at + 1,
        index,
        running: blocks.length,
        input,
        expanded: input * expansion,
        output,
        kernel,
        stride: index === 0 ? stride : 1,
        squeeze: lite ? 0 : Math.max(1, Math.floor(input / 4)),
      })
      input = output
    }
  }
  return { name, resolution, lite, stem, head: lite ? BASE_HEAD : scaledWidth(BASE_HEAD, width), blocks }
}

/** Output width and total stride of stage 1..7. */
export function stageTap(structure: NetworkStructure, stage: number): { channels: number; stride: number } {
  const until = structure.blocks.filter((block) => block.stage <= stage)
  return {
    channels: until[until.length - 1].output,
    stride: until.reduce((stride, block) => stride * block.stride, 2), // 2: the stem
  }
}
