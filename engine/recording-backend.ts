import './gradients.ts'
import * as tf from '@tensorflow/tfjs-core'
import { Graph } from './graph.ts'
import { kernels } from './kernels/table.ts'
import { filled, graphType, Recorded } from './recorded.ts'

const BACKEND = 'flawline-recorder'

/** A tfjs backend that computes nothing: it writes each kernel call into the current graph. */
class RecordingBackend extends tf.KernelBackend {
  graph: Graph | undefined

  get current(): Graph {
    if (this.graph === undefined) throw new Error('tensors of a recording are used outside trace()')
    return this.graph
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const type = graphType(dtype)
    const elements = values as Float32Array | Int32Array | Uint8Array
    const graph = this.current
    if (elements.length > 0 && isUniform(elements)) return filled(graph, shape, elements[0], type)
    return new Recorded(graph, graph.constant(elements, type, shape), shape)
  }

  override readSync(): tf.BackendValues {
    throw new Error('a recorded tensor has no values yet: the function must not read tensors')
  }

  override read(): Promise<tf.BackendValues> {
    return Promise.reject(new Error('a recorded tensor has no values yet: the function must not read tensors'))
  }

  override disposeData(): boolean {
    return true
  }

  override incRef(): void {
    // The graph keeps what it needs.
  }

  override refCount(): number {
    return 1
  }

  override numDataIds(): number {
    return 0
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return { unreliable: true, reasons: ['nothing is allocated while recording'] }
  }

  override floatPrecision(): 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }
}

function isUniform(elements: Float32Array | Int32Array | Uint8Array): boolean {
  const first = elements[0]
  for (let i = 1; i < elements.length; i++) if (elements[i] !== first) return false
  return first !== 0 || !Object.is(first, -0)
}

let backend: RecordingBackend | undefined

function install(): RecordingBackend {
  if (backend !== undefined) return backend
  const made = new RecordingBackend()
  tf.registerBackend(BACKEND, () => made, 0)
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        const graph = made.current
        const recorded = Object.fromEntries(
          Object.entries(inputs).map(([name, info]) => [name, recordedOf(info as tf.TensorInfo, graph)]),
        )
        const result = kernel(graph, recorded, (attrs ?? {}) as never)
        return Array.isArray(result) ? result.map((r: Recorded) => r.info) : (result as Recorded).info
      },
    })
  }
  backend = made
  return made
}

/** What stands behind a tensor of the graph being recorded. */
export function recordedOf(info: tf.TensorInfo, graph: Graph): Recorded {
  if (info.dataId instanceof Recorded && info.dataId.graph === graph) return info.dataId
  throw new Error('a tensor made outside the traced function was used in it: make constants inside')
}

/** A tfjs tensor for a recorded value. */
export function tensorOf(recorded: Recorded): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(recorded.info, install())
}

/** Runs `fn` with tfjs recording into a new graph, and puts the former backend back. */
export function record<T>(fn: (graph: Graph) => T): T {
  const recorder = install()
  if (recorder.graph !== undefined) throw new Error('trace() inside a traced function')
  const before = tf.engine().backendName as string | undefined
  recorder.graph = new Graph()
  tf.engine().startScope('record')
  try {
    void tf.setBackend(BACKEND) // takes effect at once: the backend's factory is synchronous
    return fn(recorder.graph)
  } finally {
    tf.engine().endScope()
    recorder.graph = undefined
    if (before) void tf.setBackend(before)
  }
}
