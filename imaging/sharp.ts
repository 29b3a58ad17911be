import type Sharp from 'sharp'

let loading: Promise<typeof Sharp> | undefined

/** sharp on its first use: one thread an image (the worker pool supplies the parallelism), no operation cache. */
export function loadSharp(): Promise<typeof Sharp> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  })
  return loading
}
