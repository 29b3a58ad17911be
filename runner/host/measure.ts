import { matmulSpeed } from '../../engine/measure.ts'

/** Speed of one matrix product on this machine, in GFLOP/s, so that a silent fall to something slow is seen. */
export const measureEngine = matmulSpeed
