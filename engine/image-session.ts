import type { InferenceSession } from 'onnxruntime-node'

/** A graph of `traceImage` held by ONNX Runtime with its own defaults, as whoever deploys it would open it. */
export interface ImageSession {
  /** pixels: uint8 [height, width, 3]. Blocks the thread it is called on. */
  run(image: {
    readonly height: number
    readonly width: number
    readonly data: Uint8Array
  }): Promise<Readonly<Record<string, Float32Array>>>
  dispose(): Promise<void>
}

const ERRORS_ONLY = 3

export async function openImageSession(
  model: Uint8Array,
  { threads }: { threads?: number } = {},
): Promise<ImageSession> {
  const ort = await import('onnxruntime-node')
  const session: InferenceSession = await ort.InferenceSession.create(model, {
    logSeverityLevel: ERRORS_ONLY,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  })
  return {
    async run({ height, width, data }) {
      const results = await session.run({ image: new ort.Tensor('uint8', data, [height, width, 3]) })
      return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]))
    },
    dispose: () => session.release(),
  }
}

/** Of ONNX Runtime, such as `1.30.0`. */
export async function runtimeVersion(): Promise<string> {
  const { env } = await import('onnxruntime-node')
  return env.versions.node ?? env.versions.common
}
