import { setImmediate as nextTurn } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import { Failure } from '../base/diagnostic.ts'
import type { ArraySpec, Optimizer, Tensors } from './optimizers.ts'
import { openSession, type Session, type SessionOptions, type TypedArray } from './session.ts'
import { type TensorSpec, trace } from './trace.ts'
import type { Checkpoints, EpochReport, TrainingState } from './training-state.ts'

export type Batch = Readonly<Record<string, TypedArray>>
export type Batches = Iterable<Batch> | AsyncIterable<Batch>
export type Arrays = Readonly<Record<string, ArraySpec>>

/** The loss of one batch, and new values for buffers it changes (e.g. running statistics). */
export type LossFunction = (params: Tensors, batch: Tensors, buffers: Tensors) => { loss: tf.Scalar; buffers?: Tensors }

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
    /** Epochs without a lower held-out loss after which training ends. @default never */
    readonly patience?: number
    /** Which parameters to give: those of the last epoch, or of the one with the least held-out loss. @default last */
    readonly keep?: 'last' | 'best'
  }
  /** Makes an interrupted training go on where it was. */
  readonly checkpoints?: Checkpoints
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
  const { epochs, heldOut, checkpoints, signal } = options
  let state = (await checkpoints?.load()) ?? initialState(options)
  const train = await openSession(trainingStep(options), options.session)
  const held = heldOut && (await openSession(heldOutStep(options, heldOut.loss), options.session))
  try {
    let savedAt = performance.now()
    while (state.epoch < epochs && !isExhausted(state, heldOut?.patience)) {
      const trained = await trainEpoch(state, train, options)
      state = held === undefined ? trained : await judgeEpoch(trained, held, options)
      options.onEpoch?.(state.history[state.history.length - 1])
      if (checkpoints === undefined || performance.now() - savedAt < checkpoints.everySeconds * 1000) continue
      await checkpoints.save(state)
      signal?.throwIfAborted()
      savedAt = performance.now()
    }
  } finally {
    await train.dispose()
    await held?.dispose()
  }
  const { arrays } = heldOut?.keep === 'best' && state.best !== undefined ? state.best : state
  const collect = (prefix: string, specs: Arrays): Arrays =>
    Object.fromEntries(
      Object.entries(specs).map(([name, { shape }]) => [
        name,
        { shape, data: arrays[`${prefix}.${name}`] as Float32Array },
      ]),
    )
  return {
    params: collect('param', options.params),
    buffers: collect('buffer', options.buffers ?? {}),
    history: state.history,
  }
}

const isExhausted = ({ epoch, best }: TrainingState, patience = Infinity): boolean =>
  best !== undefined && epoch - best.epoch >= patience

async function trainEpoch(state: TrainingState, session: Session, options: FitOptions): Promise<TrainingState> {
  const { signal, optimizer, batch: spec } = options
  const epoch = state.epoch + 1
  const started = performance.now()
  let { arrays } = state
  let sum = 0
  let steps = 0
  for await (const batch of options.batches(epoch)) {
    signal?.throwIfAborted()
    checkBatch(batch, spec)
    steps++
    const scalars = scalarFeeds(optimizer, state.step + steps)
    const results = await session.run({ ...arrays, ...prefixed('batch', batch), ...scalars })
    const loss = results['loss'][0] as number
    if (!Number.isFinite(loss)) throw notFinite(epoch)
    arrays = Object.fromEntries(Object.keys(arrays).map((name) => [name, results[`next.${name}`]]))
    sum += loss
    options.onProgress?.({ epoch, step: steps, loss })
    await nextTurn()
  }
  signal?.throwIfAborted()
  if (steps === 0) throw new Error(`epoch ${epoch} has no batches`)
  const stepsPerSecond = (steps * 1000) / (performance.now() - started)
  const report = { epoch, loss: sum / steps, stepsPerSecond }
  return { ...state, epoch, step: state.step + steps, arrays, history: [...state.history, report] }
}

/** Adds the held-out loss to the last epoch's report, and remembers the epoch where it was least. */
async function judgeEpoch(state: TrainingState, session: Session, options: FitOptions): Promise<TrainingState> {
  const arrays = Object.fromEntries(Object.entries(state.arrays).filter(([name]) => !name.startsWith('state.')))
  const heldOutLoss = await meanLoss(session, arrays, options.heldOut!.batches(), options)
  const report = { ...state.history[state.history.length - 1], heldOutLoss }
  const judged = { ...state, history: [...state.history.slice(0, -1), report] }
  if (heldOutLoss >= (state.best?.loss ?? Infinity)) return judged
  return { ...judged, best: { epoch: state.epoch, loss: heldOutLoss, arrays } }
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

function initialState({ params, buffers = {}, optimizer }: FitOptions): TrainingState {
  const arrays = {
    ...prefixed('param', params),
    ...prefixed('buffer', buffers),
    ...prefixed('state', optimizer.init(params)),
  }
  return {
    epoch: 0,
    step: 0,
    arrays: Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, data])),
    history: [],
  }
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
  arrays: Readonly<Record<string, TypedArray>>,
  batches: Batches,
  { signal, batch: spec }: FitOptions,
): Promise<number> {
  let sum = 0
  let count = 0
  for await (const batch of batches) {
    signal?.throwIfAborted()
    checkBatch(batch, spec)
    const results = await session.run({ ...arrays, ...prefixed('batch', batch) })
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
