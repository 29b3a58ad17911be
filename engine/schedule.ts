/** Factor on the learning rate at a step; the first step is 1. */
export type Schedule = (step: number) => number

export interface CosineOptions {
  /** Steps of the whole training. */
  readonly total: number
  /** Steps over which the factor grows from 0 to 1 in a line. @default 0 */
  readonly warmup?: number
}

/** Down to 0 along half a cosine (Loshchilov, Hutter 2017, SGDR, eq. 5, one cycle). */
export const cosine =
  ({ total, warmup = 0 }: CosineOptions): Schedule =>
  (step) => {
    if (step <= warmup) return step / warmup
    const done = Math.min(1, (step - 1 - warmup) / Math.max(1, total - warmup))
    return (1 + Math.cos(Math.PI * done)) / 2
  }

/** Times `factor` after every `every` steps, as torch.optim.lr_scheduler.StepLR. */
export const stepwise =
  ({ every, factor }: { readonly every: number; readonly factor: number }): Schedule =>
  (step) =>
    factor ** Math.floor((step - 1) / every)
