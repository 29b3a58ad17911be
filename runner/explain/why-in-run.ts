import type { Reason } from '../events.ts'
import { findRun, listRuns, readableRun, readRun } from '../history/find-run.ts'
import type { RunDocument, RunStage } from '../history/run-document.ts'
import type { KeyManifest } from '../key.ts'
import type { OpenPlan } from '../plan.ts'
import { ownChanges } from '../reasons.ts'
import { findAddress } from '../select/find-address.ts'
import { startedOf } from './run-names.ts'
import { sameFields } from './same-fields.ts'
import type { WhyDocument } from './why-document.ts'

/** Why a stage ran in a run that was, from its record and that of the run before it. */
export function whyInRun(
  { folders: { runs } }: OpenPlan,
  address: string,
  asked: { readonly run?: string; readonly against?: string },
): Omit<WhyDocument, 'spec' | 'after' | 'notes'> {
  const { run, started } = findRun(runs, asked.run!)
  const document = readRun(runs, run)
  const stage = findAddress(document.stages, address)
  const manifest = manifestIn(runs, stage)
  const other = asked.against === undefined ? runBefore(runs, document, stage) : runNamed(runs, asked.against, address)
  const before = other && manifestIn(runs, other.stage)
  const since = stage.state === 'fresh' ? stage.freshSince : stage.sourceRun
  return {
    address: stage.address,
    kind: stage.kind,
    state: stage.state,
    run: { run, started },
    ...(stage.key !== undefined && { key: stage.key }),
    ...(other?.stage.key !== undefined && {
      against: { run: other.run, key: other.stage.key, ...startedOf(runs, other.run) },
    }),
    ...(since !== undefined && { since: { run: since, ...startedOf(runs, since) } }),
    reasons:
      asked.against !== undefined && manifest !== undefined && before !== undefined
        ? differencesOf(stage, manifest, before)
        : stage.reasons,
    ...(stage.items !== undefined && { items: { total: stage.items.total, stale: stage.items.computed } }),
    same:
      manifest === undefined || before === undefined
        ? []
        : sameFields(manifest, before, (input) => feederOf(stage, input)),
    decidedBy: [],
  }
}

/** The key's pre-image as the record has it, or that of the run since which it is fresh. */
export function manifestIn(runs: string, { manifest, freshSince, address }: RunStage): KeyManifest | undefined {
  if (manifest !== undefined || freshSince === undefined) return manifest
  try {
    return readRun(runs, freshSince).stages.find((stage) => stage.address === address)?.manifest
  } catch {
    return undefined // that run's folder was removed
  }
}

interface Other {
  readonly run: string
  readonly stage: RunStage
}

function runNamed(runs: string, text: string, address: string): Other {
  const { run } = findRun(runs, text)
  return { run, stage: findAddress(readRun(runs, run).stages, address) }
}

/** The last run of the same spec before this one in which the stage had an output. */
function runBefore(runs: string, { started, spec }: RunDocument, { address }: RunStage): Other | undefined {
  for (const entry of listRuns(runs).filter((each) => each.started < started)) {
    const document = readableRun(runs, entry.run)
    const stage =
      document?.spec.file === spec.file ? document?.stages.find((each) => each.address === address) : undefined
    if (stage !== undefined && ['done', 'fresh', 'cached', 'cut-off'].includes(stage.state))
      return { run: entry.run, stage }
  }
  return undefined
}

function differencesOf(stage: RunStage, now: KeyManifest, before: KeyManifest): Reason[] {
  const inputs: Readonly<Partial<KeyManifest['inputs']>> = before.inputs
  const upstream = Object.entries(now.inputs).flatMap(([input, { digest }]): Reason[] => {
    const old = inputs[input]?.digest
    if (old === digest) return []
    const from = { stage: feederOf(stage, input), artifact: input }
    return [{ type: 'upstream-output-changed', ...from, ...(old !== undefined && { old }), new: digest }]
  })
  return [...ownChanges(stage.stage, now, before, {}), ...upstream]
}

/** Inputs stand in the record in the order of the stage's needs, as far as they are named by it. */
const feederOf = ({ needs }: RunStage, input: string): string => (needs.length === 1 ? needs[0] : input)
