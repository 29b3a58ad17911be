import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { asDigest } from '../../base/digest.ts'

/** The file of the npm package `@mediapipe/objectron` 0.4.1675468480 (Apache-2.0) that holds MobileNetV2; its JavaScript is never loaded. */
export const OBJECTRON_FILE = '@mediapipe/objectron/objectron_solution_packed_assets.data'
export const OBJECTRON_DIGEST = asDigest('470986ca5df183f41698da6de74b027d838fe289d77b5ab094497d350bee664e')

/** Absolute path of the file; throws where the package is not installed. */
export function locateObjectron(): string {
  const [scope, name, file] = OBJECTRON_FILE.split('/')
  return join(dirname(createRequire(import.meta.url).resolve(`${scope}/${name}/package.json`)), file)
}
