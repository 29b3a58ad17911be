import type { Cell, EventBody, RunEvent, VariantFigures } from '../events.ts'
import type { RunDetails, RunDiagnostic, RunDocument, RunGate, RunStage } from './run-document.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Told = Omit<RunDocument, 'stages' | 'diagnostics' | 'gates' | 'comparison'>

/** What the events of a run tell of it, event by event: the one way to a record, also of a run that was killed. */
export class EventFold {
  readonly #told: Mutable<Told>
  readonly #stages = new Map<string, Mutable<RunStage>>()
  readonly #gates: RunGate[] = []
  readonly #comparison: VariantFigures[] = []
  readonly #diagnostics: RunDiagnostic[] = []

  constructor(run: string) {
    this.#told = {
      v: 1,
      run,
      spec: { path: '' },
      argv: [],
      pid: 0,
      started: '',
      wallMs: 0,
      savedMs: 0,
      result: 'running',
      exit: null,
      versions: {},
      git: null,
      overrides: [],
      variants: 1,
      verdicts: [],
      waivers: [],
      outputs: [],
    }
  }

  add(event: RunEvent): void {
    const told = this.#told
    told.wallMs = Math.max(told.wallMs, event.t)
    switch (event.type) {
      case 'run.start': {
        const { time, spec, argv, pid, versions } = event
        Object.assign(told, { started: time, spec: { ...told.spec, path: spec.path }, argv, pid, versions })
        return
      }
      case 'run.plan':
        return this.#plan(event)
      case 'diagnostic': {
        const { diagnostic, stage, variant } = event
        this.#diagnostics.push({ diagnostic, ...(stage !== undefined && { stage }), ...(variant && { variant }) })
        return
      }
      case 'stage.start': {
        const { key, kindVersion, reasons, log, device } = event
        const stage = this.#stage(event)
        if (stage !== undefined)
          Object.assign(stage, {
            ...{ state: 'running', kindVersion, reasons, log },
            ...(key !== undefined && { key }),
            ...(device !== undefined && { device }),
          })
        return
      }
      case 'stage.artifact': {
        const stage = this.#stage(event)
        const { name, digest, bytes } = event
        if (stage !== undefined) stage.artifacts = { ...stage.artifacts, [name]: { digest, bytes } }
        return
      }
      case 'stage.end':
        return this.#end(event)
      case 'gate': {
        const { stage, variant, metric, op, threshold, value, interval, met } = event
        this.#gates.push({ stage, variant, metric, op, threshold, value, interval, met })
        return
      }
      case 'comparison': {
        const { stage, variant, address, metrics, standings, gate, costMs } = event
        this.#comparison.push({ stage, variant, address, metrics, standings, gate, costMs })
        return
      }
      case 'run.interrupt':
        told.interrupt = event.signal
        return
      case 'run.end': {
        const { exit, result, wallMs, savedMs, best, waivers, outputs = [], sameAs } = event
        Object.assign(told, { exit, result, wallMs, savedMs, waivers, outputs })
        if (best !== undefined) told.best = best
        if (sameAs !== undefined) told.sameAs = sameAs
        return
      }
      default: // what only screens need
    }
  }

  /** The run as far as it is known by now. */
  document({ spec, stages, verdicts = [] }: RunDetails = {}): RunDocument {
    return {
      ...this.#told,
      spec: { ...this.#told.spec, ...spec },
      verdicts,
      stages: [...this.#stages.values()].map((stage) => ({ ...stage, ...stages?.get(stage.address) })),
      gates: this.#gates,
      comparison: this.#comparison,
      diagnostics: this.#diagnostics,
    }
  }

  #plan(event: Extract<EventBody, { type: 'run.plan' }>): void {
    const { digest, name, overrides, protocol, seed, engine, cores, git, stages, variants } = event
    const spec = { ...this.#told.spec, name, digest }
    Object.assign(this.#told, { spec, overrides, protocol, seed, engine, cores, git, variants })
    for (const { stage, variant, address, kind, needs, plan, key, reasons, list } of stages) {
      const row: Mutable<RunStage> = {
        address,
        stage,
        variant,
        kind,
        list,
        needs,
        plan,
        state: 'waiting',
        reasons,
        wallMs: 0,
        cpuMs: 0,
        rssBytes: 0,
        bytes: 0,
        savedMs: 0,
        artifacts: {},
      }
      if (key !== undefined) row.key = key
      this.#stages.set(cellName(stage, variant), row)
    }
  }

  #end(event: Extract<EventBody, { type: 'stage.end' }>): void {
    const stage = this.#stage(event)
    if (stage === undefined) return
    const { state, wallMs, cpuMs, rssBytes, bytes, savedMs, key, items, cause, diagnostic } = event
    Object.assign(stage, { state, wallMs: Math.round(wallMs), cpuMs: Math.round(cpuMs), rssBytes, bytes })
    stage.savedMs = Math.round(savedMs)
    if (key !== undefined) stage.key = key
    if (items !== undefined) stage.items = items
    if (cause !== undefined) stage.cause = cause
    if (diagnostic !== undefined) stage.diagnostic = diagnostic
  }

  #stage({ stage, variant }: { readonly stage: string; readonly variant: Cell }): Mutable<RunStage> | undefined {
    return this.#stages.get(cellName(stage, variant))
  }
}

/** Name and axis values tell the stages of a run apart. */
const cellName = (stage: string, variant: Cell): string => `${stage}\0${JSON.stringify(variant)}`
