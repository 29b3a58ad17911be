import type { RunDocument, RunStage } from './run-document.ts'

type Defaults<T> = Partial<{ readonly [K in keyof T]: T[K] }>

/** What a record has that says nothing of it: those of earlier versions know fewer fields. */
const UNTOLD = {
  argv: [],
  pid: 0,
  wallMs: 0,
  savedMs: 0,
  result: 'killed',
  exit: null,
  versions: {},
  git: null,
  overrides: [],
  variants: 1,
  stages: [],
  gates: [],
  verdicts: [],
  comparison: [],
  waivers: [],
  diagnostics: [],
  outputs: [],
} satisfies Defaults<RunDocument>

const UNTOLD_STAGE = {
  variant: {},
  list: false,
  needs: [],
  plan: 'run',
  state: 'waiting',
  reasons: [],
  wallMs: 0,
  cpuMs: 0,
  rssBytes: 0,
  bytes: 0,
  savedMs: 0,
  artifacts: {},
} satisfies Defaults<RunStage>

/** A record of format 1 as one that says nothing of what it lacks; undefined where it is something else. */
export function completeRecord(record: unknown): RunDocument | undefined {
  if (!fits(record, UNTOLD) || !fits(record.spec, {}) || typeof record.spec.path !== 'string') return undefined
  if (typeof record.run !== 'string' || typeof record.started !== 'string') return undefined
  const complete = { ...UNTOLD, ...record } as unknown as RunDocument
  const stages = complete.stages as readonly unknown[]
  if (!stages.every((stage) => fits(stage, UNTOLD_STAGE) && typeof stage.address === 'string')) return undefined
  return {
    ...complete,
    stages: (stages as readonly RunStage[]).map((stage) => ({
      ...UNTOLD_STAGE,
      ...{ stage: stage.address, kind: 'unknown' },
      ...stage,
    })),
  }
}

/** Whether a value is an object whose known fields are of the kind that they have where they say nothing. */
function fits(value: unknown, untold: Readonly<Record<string, unknown>>): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(untold).every(([name, nothing]) => {
    const told = (value as Record<string, unknown>)[name]
    return told === undefined || nothing === null || kindOf(told) === kindOf(nothing)
  })
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value)
