import { setImmediate as nextTurn } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import { Failure } from '../base/diagnostic.ts'
import type { ArraySpec, Optimizer, Tensors } from './optimizers.ts'
import { openSession, type Session, type SessionOptions, type TypedArray } from './session.ts'
import { type TensorSpec, trace } from './trace.ts'

export type Batch = Readonly<Record<string, TypedArray>>
export type Batches = Iterable<Batch> | AsyncIterable<Batch>
export type Arrays = Readonly<Record<string, ArraySpec>>

/** The loss of one batch, and new values for buffers it changes (e.g. running statistics). */
export type LossFunction = (params: Tensors, batch: Tensors, buffers: Tensors) => { loss: tf.Scalar; buffers?: Tensors }

export interface EpochReport {
  /** From 1. */
  readonly epoch: number
  /** Mean over the epoch's steps. */
  readonly loss: number
  readonly heldOutLoss?: number
  readonly stepsPerSecond: number
}

export interface FitOptions {
  readonly params: Arrays
  /** State that is no parameter: goes into the loss function and comes back from it. */
  readonly buffers?: Arrays
  /** What a batch holds; every batch has exactly these shapes (see `shuffledBatches` for the last one). */
  readonly batch: Readonly<Record<string, TensorSpec>>
  readonly loss: LossFunction
  readonly optimizer: Optimizer
  readonly epochs: number
  /** The batches of an epoch, counted from 1; its order is the caller's seed alone. */
  readonly batches: (epoch: number) => Batches
  /** Evaluated after each epoch, without update. */
  readonly heldOut?: {
    readonly loss: (params: Tensors, batch: Tensors, buffers: Tensors) => tf.Scalar
    readonly batches: () => Batches
  }
  readonly session?: SessionOptions
  /** Read before every step: an aborted run throws the signal's reason. */
  readonly signal?: AbortSignal
  readonly onEpoch?: (report: EpochReport) => void
  readonly onProgress?: (progress: { readonly epoch: number; readonly step: number; readonly loss: number }) => void
}

export interface FitResult {
  readonly params: Arrays
  readonly buffers: Arrays
  readonly history: readonly EpochReport[]
}

/**
 * Trains: forward, gradients and update run as one graph in one session, whose outputs are the next step's inputs.
 * A parameter that the loss does not reach keeps a gradient of 0. Same inputs, same bytes out, for a given number of
 * threads. Each step ends a turn of the event loop, so that messages and the signal arrive.
 * Throws Failure E612 when the loss stops being finite.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { signal, epochs } = options
  let state = initialState(options)
  const train = await openSession(trainingStep(options), options.session)
  const held = options.heldOut && {
    batches: options.heldOut.batches,
    session: await openSession(heldOutStep(options, options.heldOut.loss), options.session),
  }
  const history: EpochReport[] = []
  try {
    let step = 0
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const started = performance.now()
      let sum = 0
      let steps = 0
      for await (const batch of options.batches(epoch)) {
        signal?.throwIfAborted()
        checkBatch(batch, options.batch)
        step++
        steps++
        const results = await train.run({
          ...state,
          ...prefixed('batch', batch),
          ...scalarFeeds(options.optimizer, step),
        })
        const loss = results['loss'][0] as number
        if (!Number.isFinite(loss)) throw notFinite(epoch)
        state = Object.fromEntries(Object.keys(state).map((name) => [name, results[`next.${name}`]]))
        sum += loss
        options.onProgress?.({ epoch, step: steps, loss })
        await nextTurn()
      }
      signal?.throwIfAborted()
      if (steps === 0) throw new Error(`epoch ${epoch} has no batches`)
      const stepsPerSecond = (steps * 1000) / (performance.now() - started)
      const report = {
        epoch,
        loss: sum / steps,
        stepsPerSecond,
        ...(held && { heldOutLoss: await meanLoss(held.session, state, held.batches(), options) }),
      }
      history.push(report)
      options.onEpoch?.(report)
    }
  } finally {
    await train.dispose()
    await held?.session.dispose()
  }
  const collect = (prefix: string, arrays: Arrays): Arrays =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, { shape }]) => [
        name,
        { shape, data: state[`${prefix}.${name}`] as Float32Array },
      ]),
    )
  return { params: collect('param', options.params), buffers: collect('buffer', options.buffers ?? {}), history }
}

const notFinite = (epoch: number): Failure =>
  new Failure('E612', `loss is not finite at epoch ${epoch}`, {
    help: ['lower the learning rate', 'look for values that are not finite or very large in the features'],
  })

function prefixed<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}.${name}`, value]))
}

/** The entries under a prefix, without it. */
function under<T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> {
  const start = `${prefix}.`
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      name.startsWith(start) ? [[name.slice(start.length), value]] : [],
    ),
  )
}

function initialState({ params, buffers = {}, optimizer }: FitOptions): Record<string, TypedArray> {
  const arrays = {
    ...prefixed('param', params),
    ...prefixed('buffer', buffers),
    ...prefixed('state', optimizer.init(params)),
  }
  return Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, data]))
}

const floats = (arrays: Arrays): Record<string, TensorSpec> =>
  Object.fromEntries(Object.entries(arrays).map(([name, { shape }]) => [name, { shape, dtype: 'float32' as const }]))

const scalarFeeds = (optimizer: Optimizer, step: number): Record<string, Float32Array> =>
  prefixed(
    'step',
    Object.fromEntries(Object.entries(optimizer.scalars(step)).map(([name, x]) => [name, Float32Array.of(x)])),
  )

function trainingStep({ params, buffers = {}, batch, loss, optimizer }: FitOptions): Uint8Array {
  const specs: Record<string, TensorSpec> = {
    ...prefixed('param', floats(params)),
    ...prefixed('buffer', floats(buffers)),
    ...prefixed('state', floats(optimizer.init(params))),
    ...prefixed('batch', batch),
    ...prefixed('step', Object.fromEntries(Object.keys(optimizer.scalars(1)).map((name) => [name, SCALAR]))),
  }
  return trace(
    (inputs) => {
      const current = under('param', inputs)
      const names = Object.keys(current)
      const given = under('buffer', inputs)
      let changed: Tensors = given
      const forward = (): tf.Scalar => {
        const result = loss(current, under('batch', inputs), given)
        for (const tensor of Object.values(result.buffers ?? {})) tf.keep(tensor)
        changed = { ...given, ...result.buffers }
        return result.loss
      }
      const { value, grads } = tf.engine().gradients(
        forward,
        names.map((name) => current[name]),
        undefined,
        true,
      )
      const reached = grads as (tf.Tensor | null)[]
      const gradients = Object.fromEntries(names.map((name, i) => [name, reached[i] ?? tf.zerosLike(current[name])]))
      const next = optimizer.apply(current, gradients, under('state', inputs), under('step', inputs))
      return {
        loss: value,
        ...prefixed('next.param', next.params),
        ...prefixed('next.state', next.state),
        ...prefixed('next.buffer', changed),
      }
    },
    specs,
    { name: 'training step' },
  ).model
}

const SCALAR: TensorSpec = { shape: [], dtype: 'float32' }

function heldOutStep(
  { params, buffers = {}, batch }: FitOptions,
  loss: NonNullable<FitOptions['heldOut']>['loss'],
): Uint8Array {
  const specs = {
    ...prefixed('param', floats(params)),
    ...prefixed('buffer', floats(buffers)),
    ...prefixed('batch', batch),
  }
  return trace(
    (inputs) => ({ loss: loss(under('param', inputs), under('batch', inputs), under('buffer', inputs)) }),
    specs,
    { name: 'held-out loss' },
  ).model
}

async function meanLoss(
  session: Session,
  state: Readonly<Record<string, TypedArray>>,
  batches: Batches,
  { signal, batch: spec }: FitOptions,
): Promise<number> {
  const known = Object.fromEntries(Object.entries(state).filter(([name]) => !name.startsWith('state.')))
  let sum = 0
  let count = 0
  for await (const batch of batches) {
    signal?.throwIfAborted()
    checkBatch(batch, spec)
    const results = await session.run({ ...known, ...prefixed('batch', batch) })
    sum += results['loss'][0] as number
    count++
    await nextTurn()
  }
  return sum / count
}

function checkBatch(batch: Batch, specs: Readonly<Record<string, TensorSpec>>): void {
  for (const [name, { shape }] of Object.entries(specs)) {
    const expected = shape.reduce((product, n) => product * n, 1)
    const found = (batch[name] as TypedArray | undefined)?.length ?? 0
    if (found !== expected) throw new Error(`batch "${name}" holds ${found} values, expected [${shape.join(', ')}]`)
  }
}
