import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export const PIPELINE = join(import.meta.dirname, '../../bin/pipeline.js')

/** A project of its own with one spec, gone after the test. */
export function makeProject(specs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'flawline-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  mkdirSync(join(folder, 'pipelines'))
  for (const [name, text] of Object.entries(specs)) writeFileSync(join(folder, 'pipelines', `${name}.yaml`), text)
  return folder
}

const CLEAN = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8' }

/** The built command, in a project, to its end. */
export function runPipelineCommand(
  cwd: string,
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): { exit: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PIPELINE, ...argv], {
    cwd,
    env: { ...CLEAN, ...variables },
    encoding: 'utf8',
  })
  return { exit: status, stdout, stderr }
}

/** The built command behind a reader that goes away after the first bytes. */
export function closeAfterFirstBytes(
  cwd: string,
  argv: readonly string[],
): Promise<{ exit: number | null; stderr: string }> {
  const child = spawn(process.execPath, [PIPELINE, ...argv], { cwd, env: CLEAN })
  let stderr = ''
  child.stdout.destroy()
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()))
  return new Promise((resolve) => child.on('close', (exit) => resolve({ exit, stderr })))
}

/** Renders twelve small parts; quick, and needs no file. */
export const SYNTHETIC_SPEC = `version: 1
name: small
seed: 7
stages:
  acquire: { uses: acquire/synthetic, with: { train: 8, test_good: 2, test_defective: 2, poses: 1, size: 64 } }
  split:   { uses: split/by-part, needs: [acquire], with: { held_out: 0.25 } }
  extract: { uses: extract/mobilenet-v2, needs: [split], with: { size: 64 } }
`
