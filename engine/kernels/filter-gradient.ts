import type { Graph, Value } from '../graph.ts'
import { reshape, transpose } from '../rewrites.ts'
import { sizeOf } from '../shapes.ts'
import type { Conv2DInfo } from './layout.ts'
import { patches, shiftedCopies } from './patches.ts'

/**
 * The gradient for the filter of a convolution, [kh, kw, I, O], from x [N, I, H, W] and dy [N, O, H', W'].
 * Stride 1: split im2col, the horizontal shifts of x times the vertical shifts of dy in one product; else all taps of x.
 */
export function filterGradient(graph: Graph, x: Value, dy: Value, info: Conv2DInfo): Value {
  const pointwise = info.filterHeight === 1 && info.filterWidth === 1
  const unitStride = info.strideHeight === 1 && info.strideWidth === 1
  const { top, bottom } = info.padInfo
  if (unitStride && !pointwise && top < info.filterHeight && bottom < info.filterHeight)
    return splitShifts(graph, x, dy, info)
  const { filterHeight: kh, filterWidth: kw, inChannels: inputs, outChannels: outputs } = info
  const unpadded = Object.values(info.padInfo).every((pad) => typeof pad !== 'number' || pad === 0)
  const columns = pointwise && unitStride && unpadded ? x : patches(graph, x, info)
  const product = batchedProduct(graph, dy, columns) // [O, I * kh * kw]
  return transpose(graph, reshape(graph, product, [outputs, inputs, kh, kw]), [2, 3, 1, 0])
}

/**
 * dW[a, b] = sum over rows r of x and columns of dy of x[r, c + b] dy[r - a, c]: x carries the shifts b along its
 * width, dy the shifts a along its height, both over the rows of x.
 */
function splitShifts(graph: Graph, x: Value, dy: Value, info: Conv2DInfo): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels: inputs, outChannels: outputs, padInfo } = info
  const wide = shiftedCopies(graph, x, {
    height: 1,
    width: kw,
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, padInfo.left, 0, padInfo.right],
  })
  // Copy t of dy at row r holds dy[r + t - (kh - 1) + top]; tap a of the filter meets it at t = kh - 1 - a.
  const tall = shiftedCopies(graph, dy, {
    height: kh,
    width: 1,
    strides: [1, 1],
    dilations: [1, 1],
    pads: [kh - 1 - padInfo.top, 0, kh - 1 - padInfo.bottom, 0],
  })
  const product = batchedProduct(graph, tall, wide) // [O * kh, I * kw]
  const taps = transpose(graph, reshape(graph, product, [outputs, kh, inputs, kw]), [1, 3, 2, 0])
  const order = graph.integers(Array.from({ length: kh }, (_, a) => kh - 1 - a))
  return graph.node('Gather', [taps, order], 'float32', taps.shape, { axis: { int: 0 } })
}

/** sum over n and cells of a[n, i, cell] b[n, j, cell]: [I, J]. */
function batchedProduct(graph: Graph, a: Value, b: Value): Value {
  const [n, rows] = a.shape
  const columns = b.shape[1]
  const cells = sizeOf(a.shape.slice(2))
  if (n === 1) {
    const flat = [reshape(graph, a, [rows, cells]), reshape(graph, b, [columns, cells])]
    return graph.node('Gemm', flat, 'float32', [rows, columns], { transB: { int: 1 } })
  }
  const right = transpose(graph, reshape(graph, b, [n, columns, cells]), [0, 2, 1])
  const products = graph.node('MatMul', [reshape(graph, a, [n, rows, cells]), right], 'float32', [n, rows, columns])
  return graph.node('ReduceSum', [products, graph.integers([0])], 'float32', [rows, columns], { keepdims: { int: 0 } })
}
