import { matmulSession } from './linear.ts'

/** Sides of the product of the speed test: 2 * M * K * N = 1.15 GFLOP. */
const [M, K, N] = [1024, 832, 676]
const REPEATS = 5

/** Speed of one matrix product, GFLOP/s, best of a few: says what the engine truly runs on. */
export async function matmulSpeed(threads: number): Promise<{ gflops: number; versions: Record<string, string> }> {
  const float = 'float32' as const
  const product = await matmulSession(
    { a: { shape: [M, K], dtype: float }, b: { shape: [K, N], dtype: float } },
    { threads },
  )
  const [a, b] = [new Float32Array(M * K).fill(0.5), new Float32Array(K * N).fill(0.25)]
  let best = Infinity
  for (let i = 0; i <= REPEATS; i++) {
    const started = performance.now()
    await product.multiply(a, b)
    if (i > 0) best = Math.min(best, performance.now() - started)
  }
  await product.dispose()
  const { env } = await import('onnxruntime-node')
  return {
    gflops: (2 * M * K * N) / best / 1e6,
    versions: { 'onnxruntime-node': env.versions.node ?? env.versions.common },
  }
}
