import type { TypedArray } from './session.ts'

export interface EpochReport {
  /** From 1. */
  readonly epoch: number
  /** Mean over the epoch's steps. */
  readonly loss: number
  readonly heldOutLoss?: number
  readonly stepsPerSecond: number
}

/**
 * A training between two epochs. All random choices are made anew for each epoch and step from the caller's seed, so
 * this is everything that the rest depends on: going on from here gives the bytes of a training that never stopped.
 */
export interface TrainingState {
  /** Epochs done. */
  readonly epoch: number
  /** Steps done. */
  readonly step: number
  /** `param.*`, `buffer.*` and `state.*` (the optimiser's). */
  readonly arrays: Readonly<Record<string, TypedArray>>
  readonly history: readonly EpochReport[]
  /** `param.*` and `buffer.*` of the epoch with the least held-out loss. */
  readonly best?: {
    readonly epoch: number
    readonly loss: number
    readonly arrays: Readonly<Record<string, TypedArray>>
  }
}

/** Where a training that may be interrupted keeps its state. */
export interface Checkpoints {
  /** Seconds of training between two. */
  readonly everySeconds: number
  load(): Promise<TrainingState | undefined>
  save(state: TrainingState): Promise<void>
}
