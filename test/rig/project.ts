import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { encodePng } from '../../imaging/encode.ts'
import { planParts, type SetSize } from '../../imaging/synthetic/catalogue.ts'
import { renderPart } from '../../imaging/synthetic/render.ts'
import type { RunEvent } from '../../runner/events.ts'

/** The command as people run it; built by `scripts/prepare.mjs`. */
export const COMMAND = resolve(import.meta.dirname, '../../bin/pipeline.js')

/** A temporary project on disk and the real command run in it. */
export interface Project {
  readonly root: string
  write(path: string, content: string | Uint8Array): Promise<void>
  /** Runs the command to its end. */
  pipeline(...args: string[]): Promise<Finished>
  /** `run SPEC --ui json` with its events. */
  run(...args: string[]): Promise<FinishedRun>
  dispose(): Promise<void>
}

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface FinishedRun extends Finished {
  readonly events: readonly RunEvent[]
  /** Stage name -> state, with the number of computed items where there is one: `done 1`. */
  readonly states: Readonly<Record<string, string>>
}

export async function makeProject(): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'flawline-'))
  const pipeline = (...args: string[]): Promise<Finished> => execute(root, args)
  return {
    root,
    pipeline,
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    },
    async run(...args) {
      const finished = await pipeline('run', ...args, '--ui', 'json')
      const events = finished.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as RunEvent)
      return { ...finished, events, states: statesOf(events) }
    },
    dispose: () => rm(root, { recursive: true, force: true }),
  }
}

/** Starts the command without waiting for it, for tests that interrupt or kill it. */
export function start(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof spawn> {
  return spawn(process.execPath, [COMMAND, ...args], {
    cwd: root,
    env: { ...process.env, CI: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs the command to its end, with variables of its own. */
export function execute(
  root: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = start(root, args, env)
  let stdout = ''
  let stderr = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, stdout, stderr })))
}

function statesOf(events: readonly RunEvent[]): Record<string, string> {
  return Object.fromEntries(
    events.flatMap((event) => {
      if (event.type !== 'stage.end') return []
      const computed =
        event.items !== undefined && event.state === 'done' && event.items.computed > 0
          ? ` ${event.items.computed}`
          : ''
      return [[event.stage, `${event.state}${computed}`]]
    }),
  )
}

/** Size of the rig's images, px. */
export const SIZE = 64

/** Generated parts as files in the layout that `acquire/folder` reads; by default small enough for a run in two seconds. */
export async function writeParts(project: Project, dir: string, set: Partial<SetSize> = {}): Promise<string[]> {
  const parts = planParts({
    seed: 'rig',
    size: SIZE,
    zooms: [0],
    poses: 1,
    train: 6,
    testGood: 3,
    testDefective: 3,
    ...set,
  })
  for (const { scene, id, mask } of parts) {
    const rendered = renderPart(scene)
    await project.write(join(dir, id), await encodePng(rendered.image))
    if (mask !== undefined) await project.write(join(dir, mask), await encodePng(rendered.mask))
  }
  return parts.map(({ id }) => id)
}

/** The chain on small images; `more` goes into the stages' settings as YAML flow text. */
export const smallSpec = ({
  acquire = '',
  evaluate = '',
  export: exported = false,
  outputs = true,
} = {}): string => `version: 1
name: small
seed: 3
${outputs ? 'outputs: outputs' : ''}
stages:
  acquire:  { uses: acquire/folder, with: { dir: data, fields: "zoom_{zoom}_{part}"${acquire} } }
  split:    { uses: split/by-part, needs: [acquire], with: { held_out: 0.34 } }
  extract:  { uses: extract/mobilenet-v2, needs: [split], with: { size: ${SIZE} } }
  sample:   { uses: sample/cells, needs: [extract], with: { grid: 8, per_image: all } }
  pca:      { uses: pca/streaming, needs: [sample] }
  train:    { uses: train/pca, needs: [pca] }
  score:    { uses: score/top-k, needs: [extract, train], with: { top_k: 4 } }
  evaluate: { uses: evaluate/standard, needs: [score], with: { resamples: 50${evaluate} } }
${exported ? '  export:   { uses: export/onnx, needs: [train, score, evaluate] }' : ''}
`

/** Every file below a folder with its content, by path; for comparing what two runs left. */
export async function contents(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    found.set(path.slice(folder.length + 1), (await readFile(path)).toString('base64'))
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}
