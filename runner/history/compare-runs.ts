import { PAIRED_METRICS, type Verdict } from '../../artifacts/verdict.ts'
import type { Cache } from '../../cache/cache.ts'
import { type Flip, flipsOf } from '../../stages/evaluate/flips.ts'
import { commonImages, isTest, type PairedMetric, pairedMetrics } from '../../stages/evaluate/paired-metrics.ts'
import type { RunStage, RunVerdict } from './run-document.ts'
import { type ChangedSetting, changedSettings, settingsOf } from './settings-of.ts'
import { readJsonOutput } from './stored.ts'
import { type Side, stagesIn } from './variant.ts'

/** Two runs or variants beside each other. */
export interface RunDiff {
  /** Undefined where the spec of one of them was never read. */
  readonly settings: readonly ChangedSetting[] | undefined
  /** Name of the first stage with another key; undefined where all are the same. */
  readonly firstDiffering: string | undefined
  readonly verdicts: readonly VerdictDiff[]
}

/** The verdicts of one `evaluate` stage. */
export interface VerdictDiff {
  readonly stage: string
  /** The side whose verdict is not there any more, or never was: then metrics are those of the records, and no flip is known. */
  readonly missing?: { readonly side: 'a' | 'b'; readonly why: 'evicted' | 'none' }
  readonly metrics: readonly PairedMetric[]
  readonly resamples: number
  /** Test images in both, and in one alone. */
  readonly images: { readonly common: number; readonly onlyA: number; readonly onlyB: number }
  readonly flips: readonly Flip[]
}

export function compareRuns(a: Side, b: Side, cache: Cache | undefined): RunDiff {
  const [before, after] = [settingsOf(a), settingsOf(b)]
  const settings = before && after && changedSettings(before, after)
  const [stagesA, stagesB] = [byName(a), byName(b)]
  const evaluated = [...stagesB.values()].filter(({ kind }) => kind.startsWith('evaluate/'))
  return {
    settings,
    firstDiffering: [...stagesB.values()].find((stage) => differs(stagesA.get(stage.stage), stage, settings ?? []))
      ?.stage,
    verdicts: evaluated.flatMap((stage) => {
      const other = stagesA.get(stage.stage)
      return other === undefined ? [] : [compareVerdicts({ stage: other, side: a }, { stage, side: b }, cache)]
    }),
  }
}

/** The stages of one variant by name. */
const byName = (side: Side): ReadonlyMap<string, RunStage> =>
  new Map(stagesIn(side).map((stage) => [stage.stage, stage]))

/** A computing stage differs in its key, a list stage in its settings or in how many items it gave. */
function differs(a: RunStage | undefined, b: RunStage, settings: readonly ChangedSetting[]): boolean {
  if (a === undefined || a.kind !== b.kind) return true
  if (a.key !== undefined && b.key !== undefined) return a.key !== b.key
  if (!b.list) return false // one of them was never reached: nothing is known
  return settings.some(({ path }) => path.startsWith(`${b.stage}.`)) || a.items?.total !== b.items?.total
}

interface Evaluated {
  readonly stage: RunStage
  readonly side: Side
}

function compareVerdicts(a: Evaluated, b: Evaluated, cache: Cache | undefined): VerdictDiff {
  const [before, after] = [verdictOf(a, cache), verdictOf(b, cache)]
  const { stage } = b.stage
  if (before === undefined || after === undefined) {
    const side = before === undefined ? 'a' : 'b'
    const { artifacts } = (side === 'a' ? a : b).stage
    return {
      stage,
      missing: { side, why: Object.hasOwn(artifacts, 'verdict') ? 'evicted' : 'none' },
      metrics: recordedMetrics(figuresOf(a), figuresOf(b)),
      resamples: 0,
      images: { common: 0, onlyA: 0, onlyB: 0 },
      flips: [],
    }
  }
  const common = commonImages(before, after)
  return {
    stage,
    metrics: pairedMetrics(before, after),
    resamples: Math.max(before.bootstrap.resamples, after.bootstrap.resamples),
    images: {
      common: common.length,
      onlyA: before.items.filter(isTest).length - common.length,
      onlyB: after.items.filter(isTest).length - common.length,
    },
    flips: flipsOf(common),
  }
}

const verdictOf = ({ stage }: Evaluated, cache: Cache | undefined): Verdict | undefined =>
  cache && (readJsonOutput(cache, stage, 'verdict') as Verdict | undefined)

const figuresOf = ({ stage, side }: Evaluated): RunVerdict | undefined =>
  side.document.verdicts.find(({ address }) => address === stage.address)

/** Values as the records keep them, each on its own images. */
function recordedMetrics(a: RunVerdict | undefined, b: RunVerdict | undefined): PairedMetric[] {
  return PAIRED_METRICS.flatMap((metric) => {
    const [before, after] = [a?.metrics[metric].value ?? null, b?.metrics[metric].value ?? null]
    if (before === null && after === null) return []
    const difference = before === null || after === null ? null : after - before
    return [{ metric, a: before, b: after, difference, interval: null, images: null }]
  })
}
