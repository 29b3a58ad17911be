import type * as tf from '@tensorflow/tfjs-core'
import type { Value } from './graph.ts'
import { encodeModel } from './onnx-model.ts'
import { Recorded } from './recorded.ts'
import { record, recordedOf, tensorOf } from './recording-backend.ts'
import { resizeInto, type WorkingImage } from './resize-graph.ts'
import { transpose } from './rewrites.ts'

/**
 * Records a function of a resized image as an ONNX graph whose input is the original one: `image`, uint8
 * [height, width, 3] of any height and width. It is resized to the bit as `imaging/resize.ts` does, and reaches `fn` as
 * float32 [1, size, size, 3] in 0..255. Returns the serialised ModelProto, opset 18.
 */
export function traceImage(fn: (image: tf.Tensor4D) => Record<string, tf.Tensor>, working: WorkingImage): Uint8Array {
  return record((graph) => {
    const original = graph.input('image', 'uint8', [-1, -1, 3], { 0: 'height', 1: 'width' })
    const planes = resizeInto(graph, original, working)
    const shape = [1, working.size, working.size, 3]
    const image = tensorOf(new Recorded(graph, transpose(graph, planes, [0, 2, 3, 1]), shape)) as tf.Tensor4D
    const outputs = Object.entries(fn(image)).map(([name, tensor]): [string, Value] => [
      name,
      graph.copy(recordedOf(tensor, graph).full),
    ])
    return encodeModel(graph, Object.fromEntries(outputs), 'flawline')
  })
}
