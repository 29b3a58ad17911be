import type { AvgPoolAttrs, AvgPoolGradAttrs, MaxPoolAttrs, MaxPoolGradAttrs } from '@tensorflow/tfjs-core'
import { backend_util } from '@tensorflow/tfjs-core'
import type { Graph, Value } from '../graph.ts'
import type { Recorded } from '../recorded.ts'
import { cast, reshape } from '../rewrites.ts'
import { range } from '../shapes.ts'
import type { Inputs, KernelTable } from './kernel.ts'
import { channelsFirst, type Conv2DInfo, fromChannelsFirst, outputShape, windowAttributes } from './layout.ts'
import { patches } from './patches.ts'

type PoolAttrs = AvgPoolAttrs | MaxPoolAttrs | AvgPoolGradAttrs | MaxPoolGradAttrs

function infoOf(x: Recorded, attrs: PoolAttrs): Conv2DInfo {
  const shape = [...x.shape] as [number, number, number, number]
  const rounding = 'dimRoundingMode' in attrs ? attrs.dimRoundingMode : undefined
  return backend_util.computePool2DInfo(shape, attrs.filterSize, attrs.strides, 1, attrs.pad, rounding)
}

function pool(graph: Graph, op: 'AveragePool' | 'MaxPool', x: Recorded, attrs: PoolAttrs): Recorded {
  const info = infoOf(x, attrs)
  const { kernel_shape, strides, pads } = windowAttributes(info)
  const pooled = graph.node(op, [channelsFirst(graph, x)], 'float32', outputShape(info), {
    kernel_shape,
    strides,
    pads,
  })
  return fromChannelsFirst(graph, pooled)
}

/** The transpose of a depthwise convolution: each output cell's shares are added to the input cells of its window. */
function scatter(graph: Graph, shares: Value, kernels: Float32Array, info: Conv2DInfo): Value {
  const { batchSize, inChannels, inHeight, inWidth, filterHeight, filterWidth } = info
  const { top, bottom, left, right } = info.padInfo
  const weights = graph.constant(kernels, 'float32', [shares.shape[1], 1, filterHeight, filterWidth])
  return graph.node('ConvTranspose', [shares, weights], 'float32', [batchSize, inChannels, inHeight, inWidth], {
    ...windowAttributes(info),
    group: { int: inChannels },
    output_padding: {
      ints: [
        inHeight - ((info.outHeight - 1) * info.strideHeight + filterHeight - top - bottom),
        inWidth - ((info.outWidth - 1) * info.strideWidth + filterWidth - left - right),
      ],
    },
  })
}

/** How many cells inside the map each window covers, [1, 1, H', W']. */
function cellsPerWindow(graph: Graph, info: Conv2DInfo): Value {
  const inside = (i: number, size: number, stride: number, k: number, before: number): number =>
    Math.min(size, i * stride - before + k) - Math.max(0, i * stride - before)
  const rows = range(info.outHeight).map((i) =>
    inside(i, info.inHeight, info.strideHeight, info.filterHeight, info.padInfo.top),
  )
  const columns = range(info.outWidth).map((i) =>
    inside(i, info.inWidth, info.strideWidth, info.filterWidth, info.padInfo.left),
  )
  const counts = Float32Array.from(rows.flatMap((row) => columns.map((column) => row * column)))
  return graph.constant(counts, 'float32', [1, 1, info.outHeight, info.outWidth])
}

function avgPoolGradient(graph: Graph, { dy, input }: Inputs, attrs: AvgPoolGradAttrs): Recorded {
  const info = infoOf(input, attrs)
  const share = graph.node('Div', [channelsFirst(graph, dy), cellsPerWindow(graph, info)], 'float32', outputShape(info))
  const ones = new Float32Array(info.inChannels * info.filterHeight * info.filterWidth).fill(1)
  return fromChannelsFirst(graph, scatter(graph, share, ones, info))
}

const LOWEST = -3.4028234663852886e38 // stands for "outside the map"; infinity times 0 would not be 0

/** The whole gradient goes to the first largest cell of each window. */
function maxPoolGradient(graph: Graph, { dy, input }: Inputs, attrs: MaxPoolGradAttrs): Recorded {
  const info = infoOf(input, attrs)
  const { top, bottom, left, right } = info.padInfo
  const { batchSize: n, inChannels: channels, outHeight, outWidth } = info
  const x = channelsFirst(graph, input)
  const padded = graph.node(
    'Pad',
    [x, graph.integers([0, 0, top, left, 0, 0, bottom, right]), graph.scalar(LOWEST, 'float32')],
    'float32',
    [n, channels, info.inHeight + top + bottom, info.inWidth + left + right],
  )
  const unpadded = { ...info, padInfo: { ...info.padInfo, top: 0, bottom: 0, left: 0, right: 0 } }
  const taps = info.filterHeight * info.filterWidth
  const shape = [n, channels, taps, outHeight, outWidth]
  const windows = reshape(graph, patches(graph, padded, unpadded), shape)
  const kept = [n, channels, 1, outHeight, outWidth]
  const first = graph.node('ArgMax', [windows], 'int64', kept, { axis: { int: 2 }, keepdims: { int: 1 } })
  const order = graph.constant(
    BigInt64Array.from(range(taps), (i) => BigInt(i)),
    'int64',
    [1, 1, taps, 1, 1],
  )
  const chosen = cast(graph, graph.node('Equal', [first, order], 'bool', shape), 'float32')
  const gradient = reshape(graph, channelsFirst(graph, dy), kept)
  const shares = reshape(graph, graph.node('Mul', [chosen, gradient], 'float32', shape), [
    n,
    channels * taps,
    outHeight,
    outWidth,
  ])
  const oneHot = new Float32Array(channels * taps * taps)
  for (const i of range(channels * taps)) oneHot[i * taps + (i % taps)] = 1
  return fromChannelsFirst(graph, scatter(graph, shares, oneHot, info))
}

export const poolingKernels: KernelTable = {
  AvgPool: (graph, { x }: Inputs, attrs: AvgPoolAttrs) => pool(graph, 'AveragePool', x, attrs),
  MaxPool: (graph, { x }: Inputs, attrs: MaxPoolAttrs) => pool(graph, 'MaxPool', x, attrs),
  AvgPoolGrad: avgPoolGradient,
  MaxPoolGrad: maxPoolGradient,
}
