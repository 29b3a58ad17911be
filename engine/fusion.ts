import { type Graph, liveNodes, type Node, type Value } from './graph.ts'
import { reshape } from './rewrites.ts'
import { sameNumbers, sizeOf } from './shapes.ts'

const LONG = 512 // values per channel from which a per-channel scale and shift runs as a convolution

/**
 * Rewrites sums so that ONNX Runtime needs fewer passes over large tensors, which it does itself only for constant weights:
 * - a convolution plus one number per channel takes it as its bias;
 * - x * s + t with one s and t per channel becomes a 1x1 depthwise convolution;
 * - a Relu moves next to the convolution it follows;
 * - such a depthwise convolution plus a tensor of its size adds it in place (`FusedConv` of com.microsoft).
 */
export function fuseSums(graph: Graph, outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  const nodes = liveNodes(Object.values(outputs))
  const uses = new Map<Value, number>()
  for (const value of [...nodes.flatMap((node) => node.inputs), ...Object.values(outputs)])
    uses.set(value, (uses.get(value) ?? 0) + 1)
  const rewritten = new Map<Value, Value>()
  const current = (value: Value): Value => rewritten.get(value) ?? value
  const once = (value: Value): boolean => uses.get(value) === 1

  /** The node behind a value that nothing else uses, seen through Reshapes. */
  const soleProducer = (value: Value): Node | undefined => {
    if (!once(value)) return undefined
    return value.producer?.op === 'Reshape' ? soleProducer(value.producer.inputs[0]) : value.producer
  }

  for (const node of nodes) {
    const inputs = node.inputs.map(current)
    let result: Value | undefined
    if ((node.op === 'Add' || node.op === 'Sub') && node.outputs[0].type === 'float32') result = fuseSum(node, inputs)
    if (node.op === 'Relu') result = reluOfConvolution(node, inputs[0])
    if (result) rewritten.set(node.outputs[0], result)
    else if (inputs.some((value, i) => value !== node.inputs[i])) {
      const again = graph.nodes(node.op, inputs, node.outputs, node.attributes)
      node.outputs.forEach((value, i) => rewritten.set(value, again[i]))
    }
  }
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const now = current(value)
      return [name, now === value || now.producer ? now : graph.copy(now)]
    }),
  )

  function fuseSum(node: Node, inputs: readonly Value[]): Value | undefined {
    const { shape } = node.outputs[0]
    const channels = channelsOf(shape)
    if (channels === undefined) return undefined
    const sides = node.op === 'Add' ? [0, 1] : [0]
    for (const side of sides) {
      const other = inputs[1 - side]
      const producer = soleProducer(node.inputs[side])
      const perChannel = isPerChannel(other, shape)
      if (producer?.op === 'Conv' && perChannel && isPlainConvolution(producer, shape)) {
        const bias = reshape(graph, node.op === 'Add' ? other : graph.node('Neg', [other], 'float32', other.shape), [
          channels,
        ])
        return withInput(producer, [...producer.inputs.map(current), bias], shape)
      }
      if (node.op === 'Sub' || sizeOf(shape) / channels < LONG) continue
      if (producer?.op === 'Mul' && perChannel) {
        const [p, q] = producer.inputs.map(current)
        const [x, scale] = isPerChannel(q, shape) ? [p, q] : [q, p]
        if (isPerChannel(scale, shape) && sameNumbers(x.shape, shape)) return affine(x, scale, other, shape, channels)
      }
      const made = once(node.inputs[side]) ? behindReshape(inputs[side]) : undefined
      if (made?.op === 'Conv' && made.inputs.length === 3 && isAffine(made) && sameNumbers(other.shape, shape))
        return withInput(made, [...made.inputs, reshape(graph, other, made.outputs[0].shape)], shape, 'FusedConv')
    }
    return undefined
  }

  /** A Relu on the convolution's own maps, where ONNX Runtime joins the two. */
  function reluOfConvolution(node: Node, input: Value): Value | undefined {
    const conv = input.producer?.op === 'Reshape' && once(node.inputs[0]) ? behindReshape(input) : undefined
    if (conv?.op !== 'Conv') return undefined
    const maps = conv.outputs[0]
    return reshape(graph, graph.node('Relu', [maps], maps.type, maps.shape), input.shape)
  }

  function affine(x: Value, scale: Value, shift: Value, shape: readonly number[], channels: number): Value {
    const maps = mapsOf(shape)
    const weights = reshape(graph, scale, [channels, 1, 1, 1])
    const convolved = graph.node(
      'Conv',
      [reshape(graph, x, maps), weights, reshape(graph, shift, [channels])],
      'float32',
      maps,
      {
        kernel_shape: { ints: [1, 1] },
        group: { int: channels },
      },
    )
    return reshape(graph, convolved, shape)
  }

  function withInput(conv: Node, inputs: readonly Value[], shape: readonly number[], op = conv.op): Value {
    return reshape(graph, graph.node(op, inputs, 'float32', conv.outputs[0].shape, conv.attributes), shape)
  }
}

/** Channels of maps [N, C, H, W] or of columns [C, P]. */
function channelsOf(shape: readonly number[]): number | undefined {
  if (shape.length === 2) return shape[0]
  return shape.length === 4 ? shape[1] : undefined
}

const mapsOf = (shape: readonly number[]): readonly number[] =>
  shape.length === 2 ? [1, shape[0], 1, shape[1]] : shape

/** One number per channel, shaped to broadcast over `shape`. */
function isPerChannel(value: Value, shape: readonly number[]): boolean {
  const channels = channelsOf(shape) as number
  const expected = shape.length === 2 ? [channels, 1] : [1, channels, 1, 1]
  return sameNumbers(value.shape, expected)
}

/** Without a bias so far, and its maps are the sum's. */
const isPlainConvolution = (node: Node, shape: readonly number[]): boolean =>
  node.inputs.length === 2 && sameNumbers(node.outputs[0].shape, mapsOf(shape))

const isAffine = (node: Node): boolean => sizeOf(node.inputs[1].shape) === node.outputs[0].shape[1]

const behindReshape = (value: Value): Node | undefined =>
  value.producer?.op === 'Reshape' ? value.producer.inputs[0].producer : value.producer
