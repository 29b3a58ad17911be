import { isSafetensors, readSafetensors } from './safetensors.ts'
import type { Weights } from './tensors.ts'
import { readTorch } from './torch.ts'

/** The tensors of a checkpoint, .safetensors or torch's .pth, whatever its name. Failure E304 where it cannot be read. */
export const readCheckpoint = (bytes: Uint8Array): Weights =>
  isSafetensors(bytes) ? readSafetensors(bytes) : readTorch(bytes)
