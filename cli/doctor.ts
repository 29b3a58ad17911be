import { mkdtempSync, rmdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { formatBytes } from '../base/format.ts'
import { freeBytes, nearestExisting, networkFileSystem } from '../cache/file-system.ts'
import { foldersOf } from '../runner/environment.ts'
import { TaskHost } from '../runner/task-host.ts'
import { glyphOf, type Look, paint, STATES } from '../ui/look.ts'
import { EXIT_ENVIRONMENT, EXIT_OK } from './exit-codes.ts'
import type { Invocation, Io } from './invocation.ts'
import { planRequest } from './plan-request.ts'

interface Finding {
  readonly state: 'ok' | 'absent' | 'failed'
  readonly subject: string
  readonly text: string
}

const LEAST_NODE = [20, 19] as const
/** Below this a run of any size soon fills the disk. */
const LEAST_FREE_BYTES = 1e9

/** `pipeline doctor`: what this machine has to work with; exit 4 with a failed line. */
export async function run(invocation: Invocation): Promise<number> {
  const { io } = invocation
  const findings = [node(), await engine(), cache(io), disk(io), terminal(io), ...(await weights(invocation))]
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'doctor', findings })}\n`)
  else io.stdout.write(findings.map((finding) => `${line(finding, io.stdout.look)}\n`).join(''))
  return findings.some(({ state }) => state === 'failed') ? EXIT_ENVIRONMENT : EXIT_OK
}

/** `✓ ok      engine    onnx-cpu  110 GFLOP/s on 2 threads, default`. */
function line({ state, subject, text }: Finding, look: Look): string {
  const mark = { ok: STATES.done, absent: STATES.skipped, failed: STATES.failed }[state]
  return `${paint(`${glyphOf(mark, look)} ${state.padEnd(6)}`, mark.colour, look)}  ${subject.padEnd(8)}  ${text}`
}

function node(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const isEnough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])
  const need = isEnough ? '' : `: flawline needs ${LEAST_NODE.join('.')} or later`
  return { state: isEnough ? 'ok' : 'failed', subject: 'node', text: `${process.versions.node}${need}` }
}

/** One matrix product in a child process, so that a slow engine is seen and nothing heavy is loaded here. */
async function engine(): Promise<Finding> {
  const threads = availableParallelism()
  const host = new TaskHost()
  try {
    const outcome = await host.run({ type: 'measure', threads }, () => {}, new AbortController().signal)
    if (outcome.type === 'measured') {
      const speed = `${Math.round(outcome.gflops)} GFLOP/s on ${threads} thread${threads === 1 ? '' : 's'}, default`
      return { state: 'ok', subject: 'engine', text: `onnx-cpu  ${speed}` }
    }
    const why = outcome.type === 'failed' ? outcome.diagnostic.message : outcome.type
    return { state: 'failed', subject: 'engine', text: `E401 onnx-cpu does not work: ${why}` }
  } finally {
    host.kill()
  }
}

function cache(io: Io): Finding {
  const { cache: folder } = foldersOf(io.root, io.environment)
  const existing = nearestExisting(folder)
  const shown = relative(io.cwd, folder) || '.'
  const network = networkFileSystem(existing)
  if (network !== undefined) {
    const help = 'point PIPELINE_CACHE_DIR at a local disk'
    return {
      state: 'failed',
      subject: 'cache',
      text: `E406 ${shown} lies on a network file system (${network}): ${help}`,
    }
  }
  if (!isWritableFolder(existing)) {
    const blocked = relative(io.cwd, existing) || '.'
    return {
      state: 'failed',
      subject: 'cache',
      text: `E403 cannot write to ${shown}: ${blocked} is no writable folder`,
    }
  }
  return {
    state: 'ok',
    subject: 'cache',
    text: `${shown}${existing === folder ? '' : ' (made by the first run)'}, local disk`,
  }
}

function disk(io: Io): Finding {
  const free = freeBytes(nearestExisting(foldersOf(io.root, io.environment).cache))
  return { state: free < LEAST_FREE_BYTES ? 'failed' : 'ok', subject: 'disk', text: `${formatBytes(free)} free` }
}

function terminal({ streams: { stderr }, stderr: { look }, environment: { term } }: Io): Finding {
  if (!stderr.isTTY) return { state: 'absent', subject: 'terminal', text: 'stderr is no terminal: plain lines' }
  const size = `${stderr.columns || 80} x ${stderr.rows || 24}`
  const glyphs = look.ascii ? 'ASCII' : 'Unicode'
  return {
    state: 'ok',
    subject: 'terminal',
    text: `${term ?? 'unknown'}  ${size}  ${look.color ? 'colour' : 'no colour'}  ${glyphs}`,
  }
}

/** With `--spec`: whether the weights that a spec needs are here. */
async function weights(invocation: Invocation): Promise<Finding[]> {
  const spec = invocation.options.text('spec')
  if (spec === undefined) return []
  const { planPipeline } = await import('../runner/plan.ts')
  const request = await planRequest({ ...invocation, arguments: [spec] }, new AbortController().signal)
  const { diagnostics, name } = await planPipeline(request)
  const missing = diagnostics.filter(({ code }) => code.startsWith('E3'))
  if (missing.length > 0)
    return missing.map(({ code, message }) => ({ state: 'failed', subject: 'weights', text: `${code} ${message}` }))
  if (name !== undefined) return [{ state: 'ok', subject: 'weights', text: `all that ${name} needs are here` }]
  return [{ state: 'failed', subject: 'spec', text: `${spec} has errors: pipeline check ${spec}` }]
}

/** By making a folder in it and taking it away: what permissions say, a read-only disk or `/proc` does not keep. */
function isWritableFolder(path: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(path, '.flawline-')))
    return true
  } catch {
    return false
  }
}
