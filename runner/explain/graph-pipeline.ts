import { exitOf } from '../exit-codes.ts'
import { openSpec } from '../open-spec.ts'
import { type Planned, withPlan } from '../plan.ts'
import type { PlanRequest } from '../request.ts'
import { selectStages } from '../select/select.ts'
import { findSpec } from '../spec/find.ts'
import type { Spec } from '../spec/spec.ts'
import { type StageGraph, stageGraph } from './graph.ts'

/** The graph of a spec, or of the stages that selectors name; `state` adds what a plan says of each. */
export async function graphPipeline(
  request: PlanRequest,
  { expand, state }: { readonly expand: boolean; readonly state: boolean },
): Promise<Planned<StageGraph>> {
  if (state) {
    const whole = { ...request, targets: [], peek: true as const }
    return withPlan(whole, ({ spec, classified: { planned } }) => {
      const plan = new Map(planned.map((stage) => [stage.address, stage.plan]))
      return stageGraph(spec, chosenOf(spec, request).addresses, { expand, plan })
    })
  }
  const found = await findSpec(request.spec.argument, request.spec)
  if (!found.ok) return { exit: exitOf([found.error]), diagnostics: [found.error], sources: new Map() }
  const opened = await openSpec(request, found.value)
  const { diagnostics, sources } = opened
  if (!opened.ok) return { exit: exitOf(diagnostics), diagnostics, sources }
  const chosen = chosenOf(opened.spec, request)
  if (chosen.diagnostics.length > 0)
    return { exit: exitOf(chosen.diagnostics), diagnostics: [...diagnostics, ...chosen.diagnostics], sources }
  return {
    exit: exitOf(diagnostics),
    diagnostics,
    sources,
    made: stageGraph(opened.spec, chosen.addresses, { expand }),
  }
}

const chosenOf = ({ stages }: Spec, { targets }: PlanRequest): ReturnType<typeof selectStages> =>
  selectStages(stages, targets)
