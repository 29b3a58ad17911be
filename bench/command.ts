import { spawn } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../runner/events.ts'
import { watchMemory } from './memory.ts'
import { ROOT } from './python.ts'
import { withFolder } from './temporary.ts'

const COMMAND = join(ROOT, 'bin/pipeline.js')

/** One start of `pipeline`, from outside. */
export interface CommandRun {
  /** From start to the end of the process. */
  readonly wallMs: number
  /** From start to the first byte on stdout. */
  readonly firstOutputMs: number
  /** Most memory that the process and its children held together; null where the system does not tell. */
  readonly peakMb: number | null
  readonly stdout: string
}

/** Gives `use` a fresh project that holds the specs that ship. */
export const withProject = <Result>(use: (root: string) => Promise<Result>): Promise<Result> =>
  withFolder((root) => {
    cpSync(join(ROOT, 'pipelines'), join(root, 'pipelines'), { recursive: true })
    return use(root)
  })

/** Runs the real command as people do, without the variables that would point it to another place. Throws where it fails. */
export function runCommand(root: string, args: readonly string[]): Promise<CommandRun> {
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith('PIPELINE_'))
  const started = performance.now()
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: root,
    env: Object.fromEntries(variables),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const memory = watchMemory(child.pid)
  let firstOutputMs = Number.NaN
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout === '') firstOutputMs = performance.now() - started
    stdout += text
  })
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => {
      const wallMs = performance.now() - started
      const peakMb = memory.stop()
      if (code === 0) done({ wallMs, firstOutputMs, peakMb, stdout })
      else fail(new Error(`pipeline ${args.join(' ')} ended with ${code}\n${stdout}`))
    })
  })
}

/** Events of a run with `--ui json`. */
export const eventsOf = ({ stdout }: CommandRun): RunEvent[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)

/** What the run said of itself in its last event. */
export function endOf(run: CommandRun): Extract<RunEvent, { type: 'run.end' }> {
  const last = eventsOf(run).at(-1)
  if (last?.type !== 'run.end') throw new Error('the run did not end')
  return last
}

/** The highest of all runs, for a table; empty where the system does not tell. */
export const peakText = (runs: readonly CommandRun[]): string => {
  const peaks = runs.flatMap(({ peakMb }) => (peakMb === null ? [] : [peakMb]))
  return peaks.length === 0 ? '' : Math.max(...peaks).toFixed(0)
}
