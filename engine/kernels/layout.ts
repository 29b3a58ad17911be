import type { backend_util } from '@tensorflow/tfjs-core'
import type { Attribute, Graph, Value } from '../graph.ts'
import { Recorded } from '../recorded.ts'
import { transpose } from '../rewrites.ts'
import { permute, type Shape } from '../shapes.ts'

export type DataFormat = 'NHWC' | 'NCHW'
export type Conv2DInfo = backend_util.Conv2DInfo

const TO_CHANNELS_FIRST = [0, 3, 1, 2]
const TO_CHANNELS_LAST = [0, 2, 3, 1]

/** A batch of maps as ONNX wants it, [N, C, H, W]. */
export function channelsFirst(graph: Graph, x: Recorded, format: DataFormat = 'NHWC'): Value {
  return format === 'NHWC' ? transpose(graph, x.full, TO_CHANNELS_FIRST) : x.full
}

/** The tensor whose maps are a value [N, C, H, W]. */
export function fromChannelsFirst(graph: Graph, value: Value, format: DataFormat = 'NHWC'): Recorded {
  if (format === 'NCHW') return new Recorded(graph, value, value.shape)
  return new Recorded(graph, transpose(graph, value, TO_CHANNELS_LAST), permute(value.shape, TO_CHANNELS_LAST))
}

export const channelsFormat = (format: DataFormat): 'channelsLast' | 'channelsFirst' =>
  format === 'NHWC' ? 'channelsLast' : 'channelsFirst'

export const outputShape = ({ batchSize, outChannels, outHeight, outWidth }: Conv2DInfo): Shape => [
  batchSize,
  outChannels,
  outHeight,
  outWidth,
]

/** ONNX attributes of a convolution or pooling window. */
export function windowAttributes(
  info: Conv2DInfo,
): Record<'kernel_shape' | 'strides' | 'dilations' | 'pads', Attribute> {
  const { padInfo } = info
  return {
    kernel_shape: { ints: [info.filterHeight, info.filterWidth] },
    strides: { ints: [info.strideHeight, info.strideWidth] },
    dilations: { ints: [info.dilationHeight, info.dilationWidth] },
    pads: { ints: [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right] },
  }
}
