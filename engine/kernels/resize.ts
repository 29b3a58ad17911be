import type { ResizeBilinearAttrs, ResizeNearestNeighborAttrs } from '@tensorflow/tfjs-core'
import { ABSENT, type Attributes, type Graph, type Value } from '../graph.ts'
import type { Recorded } from '../recorded.ts'
import { transpose } from '../rewrites.ts'
import { range } from '../shapes.ts'
import type { Inputs, KernelTable } from './kernel.ts'
import { channelsFirst, fromChannelsFirst } from './layout.ts'

type ResizeAttrs = ResizeBilinearAttrs | ResizeNearestNeighborAttrs

/** Where output cell i samples an axis of `from` cells stretched to `to`. */
function samplePoint(i: number, from: number, to: number, { alignCorners, halfPixelCenters }: ResizeAttrs): number {
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
  return halfPixelCenters ? (i + 0.5) * scale - 0.5 : i * scale
}

const coordinates = ({ alignCorners, halfPixelCenters }: ResizeAttrs): string =>
  alignCorners ? 'align_corners' : halfPixelCenters ? 'half_pixel' : 'asymmetric'

function resize(graph: Graph, images: Recorded, attrs: ResizeAttrs, mode: Attributes): Recorded {
  const x = channelsFirst(graph, images)
  const shape = [x.shape[0], x.shape[1], ...attrs.size]
  const resized = graph.node('Resize', [x, ABSENT, ABSENT, graph.integers(shape)], 'float32', shape, {
    ...mode,
    coordinate_transformation_mode: { text: coordinates(attrs) },
  })
  return fromChannelsFirst(graph, resized)
}

/** The weights of bilinear interpolation along one axis, [to, from]; beyond the edge the edge counts. */
function bilinearWeights(from: number, to: number, attrs: ResizeAttrs): Float32Array {
  const weights = new Float32Array(to * from)
  for (const i of range(to)) {
    const at = Math.min(from - 1, Math.max(0, samplePoint(i, from, to, attrs)))
    const low = Math.floor(at)
    const high = Math.min(from - 1, low + 1)
    weights[i * from + low] += 1 - (at - low)
    weights[i * from + high] += at - low
  }
  return weights
}

/** Which cell each output cell copies, as weights [to, from]. */
function nearestWeights(from: number, to: number, attrs: ResizeAttrs): Float32Array {
  const weights = new Float32Array(to * from)
  for (const i of range(to)) {
    const scale = attrs.alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
    const at = attrs.halfPixelCenters ? (i + 0.5) * scale : i * scale
    const cell = attrs.alignCorners ? Math.round(at) : Math.floor(at)
    weights[i * from + Math.min(from - 1, Math.max(0, cell))] = 1
  }
  return weights
}

type AxisWeights = typeof bilinearWeights

/** Separable: R' dy C with one weight matrix per axis. */
function resizeGradient(graph: Graph, { images, dy }: Inputs, attrs: ResizeAttrs, weightsOf: AxisWeights): Recorded {
  const gradient = channelsFirst(graph, dy)
  const [n, channels, outHeight, outWidth] = gradient.shape
  const [, inHeight, inWidth] = images.shape
  const rows = graph.constant(weightsOf(inHeight, outHeight, attrs), 'float32', [outHeight, inHeight])
  const columns = graph.constant(weightsOf(inWidth, outWidth, attrs), 'float32', [outWidth, inWidth])
  const narrow: Value = graph.node('MatMul', [gradient, columns], 'float32', [n, channels, outHeight, inWidth])
  const left = transpose(graph, rows, [1, 0])
  return fromChannelsFirst(graph, graph.node('MatMul', [left, narrow], 'float32', [n, channels, inHeight, inWidth]))
}

/** Nearest neighbour as tfjs counts it is a product with ones and zeros, since ONNX rounds halves differently. */
function resizeNearest(graph: Graph, images: Recorded, attrs: ResizeNearestNeighborAttrs): Recorded {
  const x = channelsFirst(graph, images)
  const [n, channels, inHeight, inWidth] = x.shape
  const [outHeight, outWidth] = attrs.size
  const pick = (weights: Float32Array, from: number): Value =>
    graph.integers(range(weights.length / from).map((i) => weights.indexOf(1, i * from) - i * from))
  const rows = pick(nearestWeights(inHeight, outHeight, attrs), inHeight)
  const columns = pick(nearestWeights(inWidth, outWidth, attrs), inWidth)
  const tall = graph.node('Gather', [x, rows], 'float32', [n, channels, outHeight, inWidth], { axis: { int: 2 } })
  return fromChannelsFirst(
    graph,
    graph.node('Gather', [tall, columns], 'float32', [n, channels, outHeight, outWidth], { axis: { int: 3 } }),
  )
}

export const resizeKernels: KernelTable = {
  ResizeBilinear: (graph, { images }: Inputs, attrs: ResizeBilinearAttrs) =>
    resize(graph, images, attrs, { mode: { text: 'linear' } }),
  ResizeBilinearGrad: (graph, inputs, attrs: ResizeBilinearAttrs) => {
    const size: [number, number] = [inputs['dy'].shape[1], inputs['dy'].shape[2]]
    return resizeGradient(graph, inputs, { ...attrs, size }, bilinearWeights)
  },
  ResizeNearestNeighbor: (graph, { images }: Inputs, attrs: ResizeNearestNeighborAttrs) =>
    resizeNearest(graph, images, attrs),
  ResizeNearestNeighborGrad: (graph, inputs, attrs: ResizeNearestNeighborAttrs) => {
    const size: [number, number] = [inputs['dy'].shape[1], inputs['dy'].shape[2]]
    return resizeGradient(graph, inputs, { ...attrs, size }, nearestWeights)
  },
}
