import { plural } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import type { PlanOutcome } from '../runner/request.ts'
import { EXIT_OK, EXIT_USAGE } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { planningLine, planRequest, requireSpec } from './plan-request.ts'
import { writeDiagnostics } from './write-diagnostics.ts'

/** `pipeline check SPEC...`: every error of each spec; exit 2 with any. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, arguments: given, options } = invocation
  const specs = given.length === 0 ? [await requireSpec(undefined, io)] : given
  const { planPipeline } = await import('../runner/plan.ts')
  const progress = planningLine(io)
  const outcomes: PlanOutcome[] = []
  for (const spec of specs) {
    const request = await planRequest({ ...invocation, arguments: [spec] }, new AbortController().signal)
    const outcome = await planPipeline({
      ...request,
      decode: options.has('data'),
      onProgress: (what, done, total) => progress.show({ what, done, total }, performance.now()),
    })
    progress.clear()
    outcomes.push(outcome)
    if (!io.json) {
      writeDiagnostics(io.stderr, outcome.diagnostics, outcome.sources)
      if (isSound(outcome)) io.stdout.write(`${okLine(outcome)}\n`)
    }
  }
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'check', specs: outcomes.map(document) })}\n`)
  return outcomes.every(isSound) ? EXIT_OK : EXIT_USAGE
}

const isSound = ({ diagnostics }: PlanOutcome): boolean => diagnostics.every(({ severity }) => severity !== 'error')

/** `ok  pipelines/dataset-b-170.yaml  11 stages, 33 over 6 variants, 1,203 images, 143 masks`. */
function okLine({ path = '', stages, variants, images, masks }: PlanOutcome): string {
  const names = new Set(stages.map(({ stage }) => stage)).size
  const counts = [
    plural(names, 'stage'),
    ...(variants > 1 ? [`${stages.length} over ${variants} variants`] : []),
    plural(images, 'image'),
    plural(masks, 'mask'),
  ]
  return `ok  ${sanitize(path)}  ${counts.join(', ')}`
}

const document = ({ name, path, stages, variants, images, masks, diagnostics }: PlanOutcome): object => ({
  name,
  path,
  stages: stages.length,
  variants,
  images,
  masks,
  diagnostics,
})
