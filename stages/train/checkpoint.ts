import { decodeText, encodeText } from '../../artifacts/metadata.ts'
import { readTensors, type Tensor, type TensorFile, writeTensors } from '../../artifacts/safetensors.ts'
import type { Checkpoints, TrainingState } from '../../engine/training-state.ts'
import type { TypedArray } from '../../engine/session.ts'
import type { TaskContext } from '../stage.ts'

/** Keeps the state of a training with its stage, so that an interrupted one goes on where it was. */
export function checkpointsOf(context: Pick<TaskContext, 'checkpoint' | 'log'>, everySeconds: number): Checkpoints {
  return {
    everySeconds,
    load: () => {
      const bytes = context.checkpoint.read()
      const state = bytes && decodeTrainingState(bytes)
      if (state !== undefined) context.log(`goes on after epoch ${state.epoch}, where an earlier run was interrupted`)
      return Promise.resolve(state)
    },
    save: (state) => {
      context.checkpoint.write(encodeTrainingState(state))
      return Promise.resolve()
    },
  }
}

const floats = (prefix: string, arrays: Readonly<Record<string, TypedArray>>): [string, Tensor][] =>
  Object.entries(arrays).map(([name, data]) => [
    `${prefix}/${name}`,
    { dtype: 'F32', shape: [data.length], data: data as Float32Array },
  ])

export function encodeTrainingState({ arrays, best, ...rest }: TrainingState): Uint8Array {
  const state = { ...rest, ...(best && { best: { epoch: best.epoch, loss: best.loss } }) }
  return writeTensors({
    tensors: new Map([...floats('now', arrays), ...(best ? floats('best', best.arrays) : [])]),
    metadata: { artifact: 'training-state', state: encodeText(state) },
  })
}

export function decodeTrainingState(bytes: Uint8Array): TrainingState {
  const file = readTensors(bytes)
  const { best, ...state } = decodeText(file.metadata.state) as Omit<TrainingState, 'arrays' | 'best'> & {
    readonly best?: { readonly epoch: number; readonly loss: number }
  }
  return {
    ...state,
    arrays: under('now', file),
    ...(best && { best: { ...best, arrays: under('best', file) } }),
  }
}

const under = (prefix: string, { tensors }: TensorFile): Record<string, Float32Array> =>
  Object.fromEntries(
    [...tensors].flatMap(([name, { data }]) =>
      name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), data as Float32Array]] : [],
    ),
  )
