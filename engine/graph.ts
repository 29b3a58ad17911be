/** What an ONNX value may hold here. */
export type ElementType = 'float32' | 'float64' | 'float16' | 'int32' | 'int64' | 'bool' | 'uint8'
export type Elements = Float32Array | Float64Array | Uint16Array | Int32Array | BigInt64Array | Uint8Array
export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] }
export type Attributes = Readonly<Record<string, Attribute>>

/** One tensor of the graph: an input, a constant (initializer) or the output of a node. */
export interface Value {
  readonly id: number
  readonly type: ElementType
  readonly shape: readonly number[]
  readonly constant?: Elements
  readonly producer?: Node
  /** The name of a graph input. */
  readonly input?: string
  /** Names of the axes whose size differs from run to run; they are -1 in `shape`. */
  readonly axes?: Readonly<Record<number, string>>
}

export interface Node {
  readonly op: string
  readonly inputs: readonly Value[]
  readonly attributes: Attributes
  readonly outputs: Value[]
}

/** Stands for an optional input that is left out. */
export const ABSENT: Value = { id: -1, type: 'float32', shape: [], input: '' }

/** Constants up to this many elements are shared by content. */
export const SMALL = 64

/** An ONNX graph under construction. Equal nodes (operator, inputs, attributes) are made once. */
export class Graph {
  readonly inputs: Value[] = []
  readonly #known = new Map<string, Node>()
  readonly #constants = new Map<string, Value>()
  #count = 0

  input(name: string, type: ElementType, shape: readonly number[], axes: Readonly<Record<number, string>> = {}): Value {
    const value = { id: this.#count++, type, shape, input: name, axes }
    this.inputs.push(value)
    return value
  }

  /** The array is kept, not copied: it must not change before the graph is written. */
  constant(elements: Elements, type: ElementType, shape: readonly number[]): Value {
    if (elements.length > SMALL) return { id: this.#count++, type, shape, constant: elements }
    const bytes = Buffer.from(elements.buffer, elements.byteOffset, elements.byteLength)
    const key = `${type}[${shape.join()}]${bytes.toString('base64')}`
    let value = this.#constants.get(key)
    if (value === undefined) {
      value = { id: this.#count++, type, shape, constant: elements.slice() }
      this.#constants.set(key, value)
    }
    return value
  }

  /** One number as a tensor whose `rank` dimensions are all 1. */
  scalar(x: number, type: ElementType, rank = 0): Value {
    return this.constant(elementsOf(type, [x]), type, Array<number>(rank).fill(1))
  }

  /** A vector of 64-bit integers: shapes, axes, bounds. */
  integers(values: readonly number[]): Value {
    return this.constant(elementsOf('int64', values), 'int64', [values.length])
  }

  /** A node with one output. */
  node(
    op: string,
    inputs: readonly Value[],
    type: ElementType,
    shape: readonly number[],
    attributes: Attributes = {},
  ): Value {
    return this.nodes(op, inputs, [{ type, shape }], attributes)[0]
  }

  /** The value once more under an identity of its own. */
  copy(value: Value): Value {
    const node: Node = { op: 'Identity', inputs: [value], attributes: {}, outputs: [] }
    node.outputs.push({ id: this.#count++, type: value.type, shape: value.shape, producer: node })
    return node.outputs[0]
  }

  /** The output of a node with one input and no attributes, if it was made already. */
  known(op: string, input: Value): Value | undefined {
    return this.#known.get(keyOf(op, [input], {}, [input]))?.outputs[0]
  }

  /** A node with any number of outputs. */
  nodes(
    op: string,
    inputs: readonly Value[],
    outputs: readonly { type: ElementType; shape: readonly number[] }[],
    attributes: Attributes = {},
  ): readonly Value[] {
    const key = keyOf(op, inputs, attributes, outputs)
    let node = this.#known.get(key)
    if (node === undefined) {
      const made: Node = { op, inputs, attributes, outputs: [] }
      for (const { type, shape } of outputs) made.outputs.push({ id: this.#count++, type, shape, producer: made })
      this.#known.set(key, made)
      node = made
    }
    return node.outputs
  }
}

function keyOf(
  op: string,
  inputs: readonly Value[],
  attributes: Attributes,
  outputs: readonly { type: ElementType; shape: readonly number[] }[],
): string {
  const made = outputs.map(({ type, shape }) => `${type}[${shape.join()}]`)
  return `${op} ${inputs.map((value) => value.id).join()} ${JSON.stringify(attributes)} ${made.join()}`
}

export function elementsOf(type: ElementType, values: readonly number[]): Elements {
  switch (type) {
    case 'float32':
      return Float32Array.from(values)
    case 'float64':
      return Float64Array.from(values)
    case 'float16':
      throw new Error('float16 values live at the edge of a graph only')
    case 'int32':
      return Int32Array.from(values)
    case 'int64':
      return BigInt64Array.from(values, (x) => BigInt(x))
    case 'bool':
    case 'uint8':
      return Uint8Array.from(values)
  }
}

/** The nodes that the outputs need, inputs before users; everything else is dead. */
export function liveNodes(outputs: readonly Value[]): Node[] {
  const order: Node[] = []
  const entered = new Set<Node>()
  const stack = outputs.flatMap((value) => (value.producer ? [{ node: value.producer, next: 0 }] : [])).reverse()
  while (stack.length > 0) {
    const top = stack[stack.length - 1]
    if (top.next === 0 && entered.has(top.node)) {
      stack.pop()
      continue
    }
    entered.add(top.node)
    let pushed = false
    while (top.next < top.node.inputs.length && !pushed) {
      const producer = top.node.inputs[top.next++].producer
      if (producer !== undefined && !entered.has(producer)) {
        stack.push({ node: producer, next: 0 })
        pushed = true
      }
    }
    if (!pushed) {
      order.push(top.node)
      stack.pop()
    }
  }
  return order
}
