import { basename, extname } from 'node:path'
import { sanitize } from '../base/sanitize.ts'
import { planCounts } from './counts.ts'
import type { RunState } from './state.ts'

/** Name of a spec before it is read: its file's. */
export const specName = (path: string): string => sanitize(basename(path, extname(path)))

/** `dataset-b-170  pipelines/dataset-b-170.yaml  run 7f3c`. */
export const firstLine = (specPath: string, run: string): string =>
  `${specName(specPath)}  ${sanitize(specPath)}  run ${run}`

/** `seed 7  onnx-cpu  2 cores  33 stages: 5 fresh, 1 to run, 27 may run`; empty before the plan. */
export function secondLine(state: RunState): string {
  if (state.plan === null) return ''
  const { seed, engine, cores, overrides } = state.plan
  return [
    `seed ${seed}`,
    engine,
    `${cores} core${cores === 1 ? '' : 's'}`,
    ...(overrides.length === 0 ? [] : [`+${overrides.length} override${overrides.length === 1 ? '' : 's'}`]),
    planCounts(state),
  ].join('  ')
}
