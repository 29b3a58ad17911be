import { availableParallelism } from 'node:os'
import { Failure } from '../base/diagnostic.ts'
import type { PlanRequest } from '../runner/request.ts'
import { listSpecs } from '../runner/spec/find.ts'
import { PlanningLine } from '../ui/planning-line.ts'
import { CACHE_POLICIES, ENGINES, oneOf, parseCount } from './environment.ts'
import type { Invocation, Io } from './invocation.ts'

/** What `run` and `plan` ask of the runner, from options over environment. Throws E001, E005. */
export async function planRequest(
  { arguments: [spec, ...stages], options, sets, io }: Invocation,
  signal: AbortSignal,
): Promise<PlanRequest> {
  const forced = options.list('forceStage')
  const cache = options.text('cache')
  const jobs = options.text('jobs')
  const policy = cache === undefined ? io.environment.cache : oneOf('--cache', CACHE_POLICIES, cache)
  return {
    spec: { argument: await requireSpec(spec, io), cwd: io.cwd, root: io.root },
    sets,
    targets: [...stages, ...options.list('until')],
    only: options.list('only'),
    from: options.list('from'),
    accept: options.list('accept'),
    force: options.has('force') ? true : forced.length > 0 ? forced : false,
    jobs: jobs === undefined ? (io.environment.jobs ?? availableParallelism()) : parseCount('--jobs', jobs),
    engine: oneOf('--engine', ENGINES, options.text('engine') ?? io.environment.engine),
    noCache: options.isDenied('cache') || policy === 'local:w',
    environment: io.environment,
    signal,
  }
}

/** The SPEC argument; left out, it is never guessed: E001, with the specs there are. */
export async function requireSpec(spec: string | undefined, { root }: Io): Promise<string> {
  if (spec !== undefined) return spec
  const specs = await listSpecs(root)
  throw new Failure('E001', 'which spec?', {
    help: [
      specs.length === 0 ? 'there are none in pipelines/: give the path of one' : `specs here: ${specs.join(', ')}`,
    ],
  })
}

/** How far planning has come, on a terminal; silent elsewhere. */
export const planningLine = ({ streams, stderr, ui }: Io): PlanningLine =>
  new PlanningLine(streams.stderr.isTTY && ui === 'auto' ? stderr.write : () => {})
