import type { InferenceSession, Tensor } from 'onnxruntime-node'

/** What travels in and out: float16 as its bits in a Uint16Array, bool and uint8 as Uint8Array. */
export type TypedArray = Float32Array | Uint16Array | Int32Array | Uint8Array | BigInt64Array

export interface SessionOptions {
  readonly engine?: 'onnx-cpu'
  /** @default ONNX Runtime's own choice, one per physical core */
  readonly threads?: number
  /** Plans memory for all activations at once: equal speed, twice the memory. @default false */
  readonly memoryPattern?: boolean
}

/** A model held by ONNX Runtime. `run` blocks the thread it is called on. */
export interface Session {
  run(feeds: Readonly<Record<string, TypedArray>>): Promise<Record<string, TypedArray>>
  dispose(): Promise<void>
}

const WARNINGS_OFF = 3 // errors only

/** Opens a serialised ONNX model of fixed shapes. Takes 1-2 s for an EfficientNet-B6: keep it. */
export async function openSession(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
  const ort = await import('onnxruntime-node')
  const session = await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    enableMemPattern: options.memoryPattern ?? false,
    logSeverityLevel: WARNINGS_OFF,
    ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
  })
  const inputs = new Map(session.inputMetadata.flatMap((meta) => (meta.isTensor ? [[meta.name, meta] as const] : [])))
  return {
    async run(feeds) {
      const tensors: Record<string, Tensor> = {}
      for (const [name, data] of Object.entries(feeds)) {
        const meta = inputs.get(name)
        if (meta === undefined) throw new Error(`the model has no input "${name}"`)
        tensors[name] = new ort.Tensor(meta.type, data as never, meta.shape as readonly number[])
      }
      const results = await session.run(tensors)
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, arrayOf(tensor)]))
    },
    dispose: () => session.release(),
  }
}

function arrayOf(tensor: InferenceSession.OnnxValueMapType[string]): TypedArray {
  const data = tensor.data as TypedArray
  if (tensor.type !== 'float16' || data instanceof Uint16Array) return data
  // Runtimes that know Float16Array hand it out: same bits.
  return new Uint16Array(data.buffer, data.byteOffset, data.length)
}
