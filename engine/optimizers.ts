import * as tf from '@tensorflow/tfjs-core'
import type { Schedule } from './schedule.ts'

export type Tensors = Record<string, tf.Tensor>
export interface ArraySpec {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/**
 * An update rule as pure functions over tfjs operations, so that it becomes part of the recorded step.
 * State tensors and scalars carry names; what the caller does with them between steps is its own matter.
 */
export interface Optimizer {
  /** The state before the first step. */
  init(params: Readonly<Record<string, { readonly shape: readonly number[] }>>): Record<string, ArraySpec>
  /** Numbers that change from step to step (the first is 1), computed in double precision. */
  scalars(step: number): Record<string, number>
  /** New parameters and new state; `step` holds the scalars as tensors of shape []. */
  apply(params: Tensors, grads: Tensors, state: Tensors, step: Tensors): { params: Tensors; state: Tensors }
}

interface LearningRate {
  readonly lr: number
  /** Factor on it from step to step; left out, it stays as it is. */
  readonly schedule?: Schedule
}

const rateAt = ({ lr, schedule }: LearningRate, step: number): number => lr * (schedule?.(step) ?? 1)

/** Named zeros of the shapes of the parameters. */
const zeros = (prefix: string, params: Parameters<Optimizer['init']>[0]): Record<string, ArraySpec> =>
  Object.fromEntries(
    Object.entries(params).map(([name, { shape }]) => [
      `${prefix}.${name}`,
      { shape, data: new Float32Array(shape.reduce((product, n) => product * n, 1)) },
    ]),
  )

export interface AdamOptions extends LearningRate {
  readonly beta1?: number
  readonly beta2?: number
  readonly eps?: number
  /** Decoupled decay (AdamW, Loshchilov, Hutter 2019); the term is lr * weightDecay * parameter. @default 0 */
  readonly weightDecay?: number
}

/** Adam (Kingma, Ba 2015) in the order of operations of torch.optim.Adam, and torch.optim.AdamW with `weightDecay`. */
export function adam(options: AdamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options
  return {
    init: (params) => ({ ...zeros('m', params), ...zeros('v', params) }),
    scalars: (step) => ({
      stepSize: rateAt(options, step) / (1 - beta1 ** step),
      correction: 1 / Math.sqrt(1 - beta2 ** step),
      ...(weightDecay !== 0 && { kept: 1 - rateAt(options, step) * weightDecay }),
    }),
    apply(params, grads, state, step) {
      const next: { params: Tensors; state: Tensors } = { params: {}, state: {} }
      for (const [name, param] of Object.entries(params)) {
        const grad = grads[name]
        const m = tf.add(tf.mul(state[`m.${name}`], beta1), tf.mul(grad, 1 - beta1))
        const v = tf.add(tf.mul(state[`v.${name}`], beta2), tf.mul(tf.square(grad), 1 - beta2))
        const denominator = tf.add(tf.mul(tf.sqrt(v), step['correction']), eps)
        const decayed = weightDecay === 0 ? param : tf.mul(param, step['kept'])
        next.params[name] = tf.sub(decayed, tf.div(tf.mul(m, step['stepSize']), denominator))
        next.state[`m.${name}`] = m
        next.state[`v.${name}`] = v
      }
      return next
    },
  }
}

export interface SgdOptions extends LearningRate {
  /** @default 0 */
  readonly momentum?: number
}

/** Stochastic gradient descent with heavy-ball momentum, as torch.optim.SGD: v = momentum v + g, p = p - lr v. */
export function sgd(options: SgdOptions): Optimizer {
  const { momentum = 0 } = options
  return {
    init: (params) => (momentum === 0 ? {} : zeros('v', params)),
    scalars: (step) => ({ rate: rateAt(options, step) }),
    apply(params, grads, state, step) {
      const next: { params: Tensors; state: Tensors } = { params: {}, state: {} }
      for (const [name, param] of Object.entries(params)) {
        const velocity = momentum === 0 ? grads[name] : tf.add(tf.mul(state[`v.${name}`], momentum), grads[name])
        next.params[name] = tf.sub(param, tf.mul(velocity, step['rate']))
        if (momentum !== 0) next.state[`v.${name}`] = velocity
      }
      return next
    },
  }
}
