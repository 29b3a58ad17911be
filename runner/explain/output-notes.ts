import { join } from 'node:path'
import { digestValue } from '../../base/digest.ts'
import type { Reason } from '../events.ts'
import { touchedOutputs } from '../outputs-folder.ts'
import { OUTPUTS_STAGE, type Spec, type SpecStage } from '../spec/spec.ts'
import { fileName } from '../stage-log.ts'

/** Files that the spec's `outputs:` folder keeps of a stage, and that were edited or deleted since they were written. */
export function outputNotes(stage: SpecStage, { outputs, stages }: Spec): Reason[] {
  if (outputs === undefined) return []
  return stages
    .filter(({ implicit }) => implicit)
    .flatMap((keeper) => {
      const variant = keeper.address.slice(keeper.name.length + 1)
      const folder = variant === '' ? outputs : join(outputs, fileName(variant, digestValue('variant', variant)))
      const own = ownedBy(stage, keeper, stages)
      if (own === undefined) return []
      const images = keeper.bindings.images as string | undefined
      const evaluate = stages.find(({ address }) => address === (keeper.bindings.thresholds as string | undefined))
      const source = stages.find(({ address }) => address === images)
      const held =
        source !== undefined
          ? join(folder, 'images', source.name)
          : keeper.name === OUTPUTS_STAGE || evaluate === undefined
            ? folder
            : join(folder, evaluate.name)
      return touchedOutputs(held)
        .filter(({ name }) => own(name))
        .map(({ name, gone }): Reason => ({ type: gone ? 'output-missing' : 'output-modified', artifact: name }))
    })
}

const PICTURES = /^(heatmaps|overlays|masks)\//
const BUNDLE = /^bundle\//

/** Which files of a keeper's folder are a stage's; undefined where none is. */
function ownedBy(
  stage: SpecStage,
  keeper: SpecStage,
  stages: readonly SpecStage[],
): ((name: string) => boolean) | undefined {
  if (stage.address === keeper.address) return 'images' in keeper.bindings ? () => true : (name) => PICTURES.test(name)
  const evaluate = keeper.bindings.thresholds as string | undefined
  if (stage.address === evaluate) return (name) => !PICTURES.test(name) && !BUNDLE.test(name)
  const exports = stages.find(
    ({ kind, bindings }) => kind.gives.includes('bundle') && Object.values(bindings).includes(evaluate ?? ''),
  )
  return stage.address === exports?.address ? (name) => BUNDLE.test(name) : undefined
}
