import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { foldersOf } from '../runner/environment.ts'
import type { PageInput } from '../runner/publish.ts'
import { parseResources, type Resources } from '../runner/resources.ts'
import { FAILURE_POLICIES, type FailurePolicy, oneOf } from './environment.ts'
import { exitOfSignal } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { planRequest } from './plan-request.ts'
import { openRunUi } from './run-ui.ts'
import { parseShare } from './share.ts'
import { watchSignals } from './signals.ts'

const SIGINT_EXIT = exitOfSignal('SIGINT')

/** `pipeline run SPEC [SELECTOR...]`. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, argv } = invocation
  const signals = watchSignals()
  const request = {
    ...(await planRequest(invocation, signals.stop)),
    argv,
    onFailure: failurePolicy(invocation),
    resources: resources(invocation),
    noWait: invocation.options.isDenied('wait') || io.environment.noWait,
    replayLogs: io.verbose,
    ...auditShare(invocation),
    kill: signals.kill,
  }
  const ui = openRunUi(io, () => signals.interrupt('SIGINT'))
  const { runPipeline } = await import('../runner/run.ts')
  const outcome = await runPipeline({ ...request, renderPage: keptPage, listen: (event) => ui.event(event) })
  const folders = foldersOf(io.root, io.environment)
  const folder = join(folders.runs, outcome.run)
  const report = outcome.isNews ? await (await import('./write-report.ts')).reportRun(folders, outcome.run) : undefined
  await ui.close({ ...outcome, cwd: io.cwd, recordPath: relative(io.cwd, report ?? folder) })
  signals.release()
  if (io.json) io.stdout.write(await recordDocument(folder))
  const received = signals.received()
  return outcome.exit === SIGINT_EXIT && received !== undefined ? exitOfSignal(received) : outcome.exit
}

/** The page is loaded only where there are outputs to write. */
const keptPage = async (input: PageInput): Promise<string> => (await import('../ui/page.ts')).renderPage(input)

const DEFAULT_AUDIT_SHARE = 0.01

function auditShare({ options }: Invocation): { audit?: number } {
  const share = options.text('auditShare')
  if (share !== undefined) return { audit: parseShare('--audit', share) }
  return options.has('audit') ? { audit: DEFAULT_AUDIT_SHARE } : {}
}

function failurePolicy({ options, io }: Invocation): FailurePolicy {
  if (options.has('keepGoing')) return 'continue'
  return oneOf('--on-failure', FAILURE_POLICIES, options.text('onFailure') ?? io.environment.onFailure)
}

function resources({ options, io: { environment } }: Invocation): Resources {
  const given = options.list('resources')
  const { visibleDevices } = environment
  return given.length > 0 || environment.resources === undefined
    ? parseResources(given, { source: '--resources', visibleDevices })
    : parseResources(environment.resources.trim().split(/\s+/), { source: 'PIPELINE_RESOURCES', visibleDevices })
}

async function recordDocument(folder: string): Promise<string> {
  const record = JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')) as object
  return `${JSON.stringify({ v: 1, kind: 'run', ...record })}\n`
}
