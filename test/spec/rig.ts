import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { placeText } from '../../ui/diagnostic-line.ts'
import { type LoadResult, loadSpec, type Override } from '../../runner/spec/load.ts'
import type { Spec } from '../../runner/spec/spec.ts'
import { printDiagnostics } from '../../ui/diagnostics.ts'
import { KINDS } from './kinds.ts'

/** `set('a=1', 'b=2')`: as many `--set`. */
export const set = (...texts: readonly string[]): Override[] => texts.map((text) => ({ option: '--set', text }))

export const loadText = (text: string, overrides: readonly Override[] = []): Promise<LoadResult> =>
  loadSpec({ text, cwd: '/work-folder', root: '/project', overrides, kinds: KINDS })

/** The spec of a text that must be valid. */
export async function specOf(text: string, overrides: readonly Override[] = []): Promise<Spec> {
  const loaded = await loadText(text, overrides)
  if (loaded.ok) return loaded.spec
  throw new Error(printDiagnostics(loaded.diagnostics, loaded.sources, { columns: 120, color: false }))
}

/** What is wrong with a text: `3:5 E104 unknown key x in the spec`, sorted by place. */
export async function faultsOf(text: string, overrides: readonly Override[] = []): Promise<string[]> {
  return faultLines(await loadText(text, overrides))
}

export function faultLines(loaded: LoadResult): string[] {
  if (loaded.ok) return []
  const sorted = [...loaded.diagnostics].sort(
    (a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  )
  return sorted.map(({ at, code, message }) => {
    const place = at === undefined ? '' : `${placeText(at).replace(/^<stdin>:/, '')} `
    return `${place}${code} ${message}`
  })
}

/** What is wrong with a text, after the text that is underlined: `[copies] E104 unknown key copies in ...`, sorted by place. */
export async function marksOf(text: string, overrides: readonly Override[] = []): Promise<string[]> {
  const loaded = await loadText(text, overrides)
  if (loaded.ok) return []
  const sorted = [...loaded.diagnostics].sort(
    (a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  )
  return sorted.map(({ at, code, message }) => {
    const line = loaded.sources.get(at?.file ?? '')?.split('\n')[(at?.line ?? 1) - 1] ?? ''
    const end = at?.endLine === at?.line ? (at?.endColumn ?? 1) - 1 : line.length
    return `[${line.slice((at?.column ?? 1) - 1, end)}] ${code} ${message}`
  })
}

/** Help of the one fault that a text has. */
export async function helpOf(text: string, overrides: readonly Override[] = []): Promise<readonly string[]> {
  const loaded = await loadText(text, overrides)
  if (loaded.ok || loaded.diagnostics.length !== 1)
    throw new Error(`one fault expected, found ${faultLines(loaded).join('; ')}`)
  return loaded.diagnostics[0].help ?? []
}

/** Runs with a folder that holds these files, and takes it away. */
export async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'flawline-spec-'))
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    }
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A whole small spec around some stages. */
export const around = (stages: string, top = ''): string => `version: 1\nname: small\n${top}stages:\n${stages}`

/** The example of the interface description. */
export const EXAMPLE = `version: 1
name: dataset-b-170
summary: Deep Feature Reconstruction on a 170 x 170 grid, tight field of view
protocol: standard
seed: 7
params: { data: data/dataset-b, backbone: efficientnet-b6, grid: 170 }
matrix: { axes: { variance: [0.85, 0.90, 0.95], lr: [1e-3, 3e-3] } }
stages:
  acquire:  { uses: acquire/folder, with: { dir: "\${params.data}", fields: "zoom_{zoom}_{time}",
                                            where: { zoom: [3, 4, 5] } } }
  split:    { uses: split/by-part, needs: [acquire], with: { held_out: 0.2, group_by: time } }
  enhance:  { uses: enhance/classic, needs: [split], with: { clahe: { clip: 0.8, tiles: 8 }, gamma: 0.8 } }
  augment:  { uses: augment/photometric, needs: [enhance], with: { copies: 3 } }
  extract:  { uses: "extract/\${params.backbone}", needs: [augment], with: { size: 512 } }
  sample:   { uses: sample/cells, needs: [extract], with: { grid: "\${params.grid}", per_image: 20 } }
  pca:      { uses: pca/streaming, needs: [sample], with: { variance: "\${matrix.variance}" } }
  train:    { uses: train/dfr, needs: [sample, pca], with: { epochs: 60, lr: "\${matrix.lr}" } }
  score:    { uses: score/top-k, needs: [extract, train], with: { top_k: 20, border: { cells: 20 } } }
  evaluate: { uses: evaluate/standard, needs: [score] }
  export:   { uses: export/onnx, needs: [train, score, evaluate] }
`
