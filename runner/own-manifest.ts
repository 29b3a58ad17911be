import { variablesInKey } from './command/variables.ts'
import { type KeyManifest, keyManifest } from './key.ts'
import type { Prepared } from './plan/prepare.ts'
import type { SpecStage } from './spec/spec.ts'

/** The key manifest of a stage without its inputs: what is sure before they are known. */
export function ownManifest(
  stage: SpecStage,
  { spec, versions, weights, variables }: Pick<Prepared, 'spec' | 'versions' | 'weights' | 'variables'>,
): KeyManifest {
  const { kind, settings, address } = stage
  const environment = variablesInKey(stage, variables)
  const own = weights.own.get(address)
  return keyManifest({ kind, settings, seed: spec.seed, ...versions, weights: own, environment, inputs: {} })
}
