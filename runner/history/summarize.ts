import type { BestVariant } from '../events.ts'
import type { RunDocument, RunGate, RunResult, RunStage } from './run-document.ts'

/** A run in one row. */
export interface RunSummary {
  readonly run: string
  readonly spec: string
  readonly overrides: readonly string[]
  readonly started: string
  readonly result: RunResult
  readonly exit: number | null
  /** Stages that are fresh, cached, done or cut off. */
  readonly ok: number
  readonly failed: number
  readonly wallMs: number
  readonly variants: number
  /** Of the best variant. */
  readonly metrics?: BestVariant['metrics']
  /** Verdicts that have a gate, and those of them that meet all of theirs; null where no verdict was reached. */
  readonly gate: { readonly met: number; readonly of: number } | null
}

export function summarize(document: RunDocument): RunSummary {
  const { run, spec, overrides, started, result, exit, wallMs, variants, stages, best, gates, verdicts } = document
  return {
    run,
    spec: spec.name ?? spec.path,
    overrides,
    started,
    result,
    exit,
    ok: stages.filter(isOk).length,
    failed: stages.filter(({ state }) => state === 'failed').length,
    wallMs,
    variants,
    ...(best && { metrics: best.metrics }),
    gate: verdicts.length === 0 ? null : gateCounts(gates),
  }
}

export const isOk = ({ state }: RunStage): boolean => ['fresh', 'cached', 'done', 'cut-off'].includes(state)

/** By verdict: it meets its gate if it meets every limit of it. */
export function gateCounts(gates: readonly RunGate[]): { met: number; of: number } {
  const met = new Map<string, boolean>()
  for (const gate of gates) {
    const verdict = JSON.stringify([gate.stage, gate.variant])
    met.set(verdict, gate.met && met.get(verdict) !== false)
  }
  return { met: [...met.values()].filter(Boolean).length, of: met.size }
}
