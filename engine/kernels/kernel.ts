import type { Graph } from '../graph.ts'
import type { Recorded } from '../recorded.ts'

/**
 * Records one tfjs kernel: inputs in the order and under the names of tfjs, attributes as tfjs passes them.
 * `C` is the kernel's own attribute type of tfjs-core.
 */
export type Kernel = (graph: Graph, inputs: Inputs, attrs: never) => Recorded | readonly Recorded[]
export type Inputs = Readonly<Record<string, Recorded>>
export type KernelTable = Readonly<Record<string, Kernel>>
