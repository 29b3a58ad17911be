import type { Attributes, ElementType, Graph, Value } from './graph.ts'
import { cast } from './rewrites.ts'

export const UNKNOWN = [-1] // sizes depend on the image's: only the runtime knows them

/** Short forms of operators over values of unknown size. */
export function operators(graph: Graph) {
  const node = (op: string, inputs: readonly Value[], type: ElementType, attributes: Attributes = {}): Value =>
    graph.node(op, inputs, type, UNKNOWN, attributes)
  const real = (x: number): Value => graph.scalar(x, 'float64')
  return {
    node,
    real,
    whole: (x: number): Value => graph.scalar(x, 'int32'),
    integer: (x: number): Value => graph.scalar(x, 'int64'),
    /** A whole number as a vector of one 64-bit integer. */
    vector: (x: Value): Value => node('Reshape', [cast(graph, x, 'int64'), graph.integers([1])], 'int64'),
    times: (x: Value, y: number): Value => node('Mul', [x, real(y)], 'float64'),
    plus: (x: Value, y: number): Value => node('Add', [x, real(y)], 'float64'),
  }
}
