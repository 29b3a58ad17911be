import { totalmem } from 'node:os'

/** Share of the machine's memory that one task may have where its stage asks for no amount: the runner and the system keep the rest. */
const TASK_SHARE = 0.9

/** Memory that this process and its children can have, in bytes: the machine's, or its container's if that is less. */
export function machineMemory(): number {
  const container = process.constrainedMemory()
  return container > 0 ? Math.min(container, totalmem()) : totalmem()
}

export const taskMemory = (): number => Math.round(TASK_SHARE * machineMemory())
