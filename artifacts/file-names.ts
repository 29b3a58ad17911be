import type { ArtifactKind } from './kinds.ts'

/** What an artifact, or the value of one item, is as a file: `model.safetensors`, `verdict.json`; files and bundles are lists of files. */
const EXTENSIONS: Readonly<Record<Exclude<ArtifactKind, 'images'>, string>> = {
  features: 'safetensors',
  cells: 'safetensors',
  basis: 'safetensors',
  model: 'safetensors',
  scores: 'safetensors',
  thresholds: 'json',
  verdict: 'json',
  bundle: 'json',
  pictures: 'safetensors',
  files: 'json',
}

export const extensionOf = (kind: ArtifactKind): string => (kind === 'images' ? 'png' : EXTENSIONS[kind])
export const artifactFile = (kind: ArtifactKind): string => `${kind}.${extensionOf(kind)}`
