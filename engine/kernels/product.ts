import type { BatchMatMulAttrs } from '@tensorflow/tfjs-core'
import type { Graph, Value } from '../graph.ts'
import { Recorded } from '../recorded.ts'
import { reshape, transpose } from '../rewrites.ts'
import { broadcastShapes, range, sameNumbers, sizeOf } from '../shapes.ts'
import type { Inputs, KernelTable } from './kernel.ts'

const WIDE = 2048 // columns of the right side from which a product runs as a 1x1 convolution

const swapLast = (graph: Graph, value: Value): Value => {
  const rank = value.shape.length
  return transpose(graph, value, [...range(rank - 2), rank - 1, rank - 2])
}

/**
 * a [m, k] times b [k, n]. Measured on [676, 832] x [832, 28900]: as 1x1 Conv 169 GFLOP/s, as Gemm 156; with b
 * transposed (the gradient of weights, a sum over many cells) Gemm 155.
 */
function matrixProduct(graph: Graph, a: Value, b: Value, { transposeA, transposeB }: BatchMatMulAttrs): Value {
  const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : a.shape
  const n = transposeB ? b.shape[0] : b.shape[1]
  if (!transposeB && n >= WIDE && n >= 2 * m) {
    const weights = reshape(graph, transposeA ? transpose(graph, a, [1, 0]) : a, [m, k, 1, 1])
    const convolved = graph.node('Conv', [reshape(graph, b, [1, k, 1, n]), weights], 'float32', [1, m, 1, n], {
      kernel_shape: { ints: [1, 1] },
    })
    return reshape(graph, convolved, [m, n])
  }
  return graph.node('Gemm', [a, b], 'float32', [m, n], {
    ...(transposeA && { transA: { int: 1 } }),
    ...(transposeB && { transB: { int: 1 } }),
  })
}

const LIGHT = 4 // how many times smaller than the factor's operand whatever takes the factor instead must be

/**
 * The product of operands of which one is v * x with one number per row of x, or a single one: v goes to the other
 * operand or to the result where that is small, and the scaled copy of x is never made.
 */
function scaledProduct(graph: Graph, a: Value, b: Value, attrs: BatchMatMulAttrs): Value {
  const rows = attrs.transposeA ? a.shape[1] : a.shape[0]
  const columns = attrs.transposeB ? b.shape[0] : b.shape[1]
  const light = (size: number, x: Value): boolean => size * LIGHT <= sizeOf(x.shape)
  const right = rowScale(graph, b)
  if (right && attrs.transposeB && light(rows * columns, b)) {
    const product = scaledProduct(graph, a, right.x, attrs)
    return graph.node('Mul', [product, transpose(graph, right.v, [1, 0])], 'float32', product.shape)
  }
  if (right && !attrs.transposeB && light(sizeOf(a.shape), b)) {
    const v = attrs.transposeA ? right.v : transpose(graph, right.v, [1, 0])
    return scaledProduct(graph, graph.node('Mul', [a, v], 'float32', a.shape), right.x, attrs)
  }
  const left = rowScale(graph, a)
  if (left && !attrs.transposeA && light(rows * columns, a)) {
    const product = scaledProduct(graph, left.x, b, attrs)
    return graph.node('Mul', [product, left.v], 'float32', product.shape)
  }
  return matrixProduct(graph, a, b, attrs)
}

/** x [n, k] and v [n, 1] or [1, 1] where the value is v * x. */
function rowScale(graph: Graph, value: Value): { v: Value; x: Value } | undefined {
  if (value.producer?.op !== 'Mul') return undefined
  const [p, q] = value.producer.inputs
  const [v, x] = sizeOf(p.shape) < sizeOf(q.shape) ? [p, q] : [q, p]
  if (!sameNumbers(x.shape, value.shape)) return undefined
  if (sizeOf(v.shape) === 1) return { v: reshape(graph, v, [1, 1]), x }
  return sameNumbers(v.shape, [value.shape[0], 1]) ? { v, x } : undefined
}

function batchMatMul(graph: Graph, { a, b }: Inputs, attrs: BatchMatMulAttrs): Recorded {
  const batchA = a.shape.slice(0, -2)
  const batchB = b.shape.slice(0, -2)
  const batch = broadcastShapes([batchA, batchB])
  const [m] = a.shape.slice(attrs.transposeA ? -1 : -2)
  const [n] = b.shape.slice(attrs.transposeB ? -2 : -1)
  const shape = [...batch, m, n]
  if (sizeOf(batchA) === 1 && sizeOf(batchB) === 1) {
    const flat = scaledProduct(
      graph,
      reshape(graph, a.full, a.shape.slice(-2)),
      reshape(graph, b.full, b.shape.slice(-2)),
      attrs,
    )
    return new Recorded(graph, reshape(graph, flat, shape), shape)
  }
  const left = attrs.transposeA ? swapLast(graph, a.full) : a.full
  const right = attrs.transposeB ? swapLast(graph, b.full) : b.full
  return new Recorded(graph, graph.node('MatMul', [left, right], 'float32', shape), shape)
}

export const productKernels: KernelTable = {
  BatchMatMul: batchMatMul,
}
