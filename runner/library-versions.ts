import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Installed version of a package, without loading it. */
function versionOf(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name)
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string
        version?: string
      }
      if (found.name === name) return found.version ?? 'unknown'
    } catch {
      // not this folder
    }
  }
  return 'unknown'
}

/** What computes, as it stands in keys: another release of the library may round otherwise. */
export const engineInKeys = (engine: string): string => `${engine} onnxruntime-node ${versionOf('onnxruntime-node')}`

/** What decodes image files, as it stands in the keys of stages that see pixels. */
export const decoderInKeys = (): string => `sharp ${versionOf('sharp')}`
