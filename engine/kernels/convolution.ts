import type {
  Conv2DAttrs,
  Conv2DBackpropFilterAttrs,
  Conv2DBackpropInputAttrs,
  DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core'
import { backend_util } from '@tensorflow/tfjs-core'
import type { Graph, Value } from '../graph.ts'
import { Recorded } from '../recorded.ts'
import { reshape, transpose } from '../rewrites.ts'
import { filterGradient } from './filter-gradient.ts'
import type { Inputs, KernelTable } from './kernel.ts'
import {
  channelsFirst,
  channelsFormat,
  type Conv2DInfo,
  fromChannelsFirst,
  outputShape,
  windowAttributes,
} from './layout.ts'
import { patches } from './patches.ts'
import { reverseValue } from './shape.ts'

type Shape4 = [number, number, number, number]
const shape4 = (x: Recorded): Shape4 => [...x.shape] as Shape4

/** [kh, kw, I, O] to ONNX's [O, I, kh, kw]. */
const denseWeights = (graph: Graph, filter: Recorded): Value => transpose(graph, filter.full, [3, 2, 0, 1])

/** [kh, kw, I, M] to ONNX's [I * M, 1, kh, kw]. */
function depthwiseWeights(graph: Graph, filter: Recorded): Value {
  const [kh, kw, channels, multiplier] = filter.shape
  return reshape(graph, transpose(graph, filter.full, [2, 3, 0, 1]), [channels * multiplier, 1, kh, kw])
}

function convolve(graph: Graph, x: Value, weights: Value, info: Conv2DInfo, group: number): Value {
  return graph.node('Conv', [x, weights], 'float32', outputShape(info), {
    ...windowAttributes(info),
    group: { int: group },
  })
}

/**
 * The gradient for the input of a convolution, [N, I, H, W]. Stride 1: a convolution with the filter turned by half
 * and its channels swapped, up to twice as fast as ConvTranspose, which covers the rest.
 * `weights` are those of the forward node.
 */
function inputGradient(graph: Graph, dy: Value, weights: Value, info: Conv2DInfo, group: number): Value {
  const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth]
  const { padInfo, filterHeight, filterWidth, dilationHeight, dilationWidth } = info
  const spanHeight = (filterHeight - 1) * dilationHeight
  const spanWidth = (filterWidth - 1) * dilationWidth
  const pads = [
    spanHeight - padInfo.top,
    spanWidth - padInfo.left,
    spanHeight - padInfo.bottom,
    spanWidth - padInfo.right,
  ]
  const plain = info.strideHeight === 1 && info.strideWidth === 1 && pads.every((pad) => pad >= 0)
  if (plain && (group === 1 || info.outChannels === info.inChannels)) {
    const turned = reverseValue(graph, weights, new Set([2, 3]))
    return graph.node('Conv', [dy, group === 1 ? transpose(graph, turned, [1, 0, 2, 3]) : turned], 'float32', shape, {
      kernel_shape: { ints: [filterHeight, filterWidth] },
      dilations: { ints: [dilationHeight, dilationWidth] },
      pads: { ints: pads },
      group: { int: group },
    })
  }
  const rest = (full: number, out: number, stride: number, span: number, before: number, after: number): number =>
    full - ((out - 1) * stride + span + 1 - before - after)
  return graph.node('ConvTranspose', [dy, weights], 'float32', shape, {
    ...windowAttributes(info),
    group: { int: group },
    output_padding: {
      ints: [
        rest(info.inHeight, info.outHeight, info.strideHeight, spanHeight, padInfo.top, padInfo.bottom),
        rest(info.inWidth, info.outWidth, info.strideWidth, spanWidth, padInfo.left, padInfo.right),
      ],
    },
  })
}

/** [kh, kw, I, M]: per channel, the product of its patches with the output's gradient. */
function depthwiseFilterGradient(graph: Graph, x: Value, dy: Value, info: Conv2DInfo): Recorded {
  const { batchSize: n, inChannels: channels, outChannels, filterHeight: kh, filterWidth: kw } = info
  const multiplier = outChannels / channels
  const cells = info.outHeight * info.outWidth
  const windows = reshape(graph, patches(graph, x, info), [n, channels, kh * kw, cells])
  const gradient = transpose(graph, reshape(graph, dy, [n, channels, multiplier, cells]), [0, 1, 3, 2])
  const products = graph.node('MatMul', [windows, gradient], 'float32', [n, channels, kh * kw, multiplier])
  const summed = graph.node('ReduceSum', [products, graph.integers([0])], 'float32', [channels, kh * kw, multiplier], {
    keepdims: { int: 0 },
  })
  const filter = reshape(graph, transpose(graph, summed, [1, 0, 2]), [kh, kw, channels, multiplier])
  return new Recorded(graph, filter, filter.shape)
}

export const convolutionKernels: KernelTable = {
  Conv2D: (graph, { x, filter }: Inputs, { strides, pad, dataFormat, dilations, dimRoundingMode }: Conv2DAttrs) => {
    const format = channelsFormat(dataFormat)
    const info = backend_util.computeConv2DInfo(
      shape4(x),
      shape4(filter),
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      format,
    )
    const group = info.inChannels / filter.shape[2]
    return fromChannelsFirst(
      graph,
      convolve(graph, channelsFirst(graph, x, dataFormat), denseWeights(graph, filter), info, group),
      dataFormat,
    )
  },
  Conv2DBackpropInput: (
    graph,
    { dy, filter }: Inputs,
    { strides, pad, dataFormat, dimRoundingMode, inputShape }: Conv2DBackpropInputAttrs,
  ) => {
    const format = channelsFormat(dataFormat)
    const info = backend_util.computeConv2DInfo(
      inputShape,
      shape4(filter),
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    )
    const gradient = inputGradient(graph, channelsFirst(graph, dy, dataFormat), denseWeights(graph, filter), info, 1)
    return fromChannelsFirst(graph, gradient, dataFormat)
  },
  Conv2DBackpropFilter: (
    graph,
    { x, dy }: Inputs,
    { strides, pad, dataFormat, dimRoundingMode, filterShape }: Conv2DBackpropFilterAttrs,
  ) => {
    const format = channelsFormat(dataFormat)
    const info = backend_util.computeConv2DInfo(shape4(x), filterShape, strides, 1, pad, dimRoundingMode, false, format)
    const gradient = filterGradient(
      graph,
      channelsFirst(graph, x, dataFormat),
      channelsFirst(graph, dy, dataFormat),
      info,
    )
    return new Recorded(graph, gradient, filterShape)
  },
  DepthwiseConv2dNative: (
    graph,
    { x, filter }: Inputs,
    { strides, pad, dilations, dimRoundingMode }: DepthwiseConv2dNativeAttrs,
  ) => {
    const info = backend_util.computeConv2DInfo(
      shape4(x),
      shape4(filter),
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    )
    return fromChannelsFirst(
      graph,
      convolve(graph, channelsFirst(graph, x), depthwiseWeights(graph, filter), info, info.inChannels),
    )
  },
  DepthwiseConv2dNativeBackpropInput: (
    graph,
    { dy, filter }: Inputs,
    { strides, dilations, pad, dimRoundingMode, inputShape }: DepthwiseConv2dNativeBackpropInputAttrs,
  ) => {
    const info = backend_util.computeConv2DInfo(
      inputShape,
      shape4(filter),
      strides,
      dilations,
      pad,
      dimRoundingMode,
      true,
    )
    const weights = depthwiseWeights(graph, filter)
    return fromChannelsFirst(graph, inputGradient(graph, channelsFirst(graph, dy), weights, info, info.inChannels))
  },
  DepthwiseConv2dNativeBackpropFilter: (
    graph,
    { x, dy }: Inputs,
    { strides, dilations, pad, dimRoundingMode, filterShape }: DepthwiseConv2dNativeBackpropFilterAttrs,
  ) => {
    const info = backend_util.computeConv2DInfo(shape4(x), filterShape, strides, dilations, pad, dimRoundingMode, true)
    return depthwiseFilterGradient(graph, channelsFirst(graph, x), channelsFirst(graph, dy), info)
  },
}
