import { spawn } from 'node:child_process'
import { relative, resolve } from 'node:path'
import { foldersOf } from '../runner/environment.ts'
import { findSide } from '../runner/history/variant.ts'
import { parseCount } from './environment.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { REPORT_IMAGES, writeReport, writeReports } from './write-report.ts'

/** `pipeline report [RUN[@VARIANT]]`: writes the HTML report anew, of a sweep its overview and the best one's, and prints where it lies. */
export async function run({ arguments: [word = 'last'], options, io }: Invocation): Promise<number> {
  const folders = foldersOf(io.root, io.environment)
  const out = options.text('out')
  const images = options.text('images')
  const most = images === undefined ? REPORT_IMAGES : parseCount('--images', images)
  const side = findSide(folders.runs, word)
  const path =
    side.cell === undefined && out === undefined
      ? await writeReports(folders, side.document, most)
      : await writeReport(folders, side, { images: most, ...(out !== undefined && { file: resolve(io.cwd, out) }) })
  io.stdout.write(io.json ? `${JSON.stringify({ v: 1, kind: 'report', path })}\n` : `${relative(io.cwd, path)}\n`)
  if (options.has('open')) open(path)
  return EXIT_OK
}

/** In whatever program the desktop opens pages with; without one the printed path is all there is. */
function open(path: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
  spawn(program, [path], { detached: true, stdio: 'ignore' })
    .on('error', () => {})
    .unref()
}
