import type * as tf from '@tensorflow/tfjs-core'
import { Recorded } from './recorded.ts'
import { tensorOf } from './recording-backend.ts'
import { cast } from './rewrites.ts'

// What tfjs has no operation for, inside a recorded function.

/** Rounds to float16 and back, as values do that are stored between two graphs. */
export function throughFloat16<T extends tf.Tensor>(x: T): T {
  const { graph, full, shape } = recordedBy(x)
  return tensorOf(new Recorded(graph, cast(graph, cast(graph, full, 'float16'), 'float32'), shape)) as T
}

/** The mean of the k largest of [n] float32 values, k <= n, as a scalar: summed in double precision, rounded once. */
export function meanOfLargest(x: tf.Tensor1D, k: number): tf.Scalar {
  const { graph, full } = recordedBy(x)
  const [largest] = graph.nodes(
    'TopK',
    [full, graph.integers([k])],
    [
      { type: 'float32', shape: [k] },
      { type: 'int64', shape: [k] },
    ],
  )
  const mean = graph.node('ReduceMean', [cast(graph, largest, 'float64')], 'float64', [], { keepdims: { int: 0 } })
  return tensorOf(new Recorded(graph, cast(graph, mean, 'float32'), [])) as tf.Scalar
}

function recordedBy({ dataId }: tf.Tensor): Recorded {
  if (dataId instanceof Recorded) return dataId
  throw new Error('only tensors of a traced function can be used here')
}
