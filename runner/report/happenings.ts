import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '../../base/canonical.ts'
import type { Cell } from '../events.ts'
import { parseEvent } from '../history/find-run.ts'

/** What the events of a run tell of one stage and its record does not. */
export interface Happenings {
  /** From the start of the run; undefined where it did not run. */
  readonly startMs?: number
  readonly endMs?: number
  /** Name of a metric, such as `loss` -> its values as they came. */
  readonly metrics: ReadonlyMap<string, readonly (readonly [step: number, value: number])[]>
}

interface Growing {
  startMs?: number
  endMs?: number
  readonly metrics: Map<string, [number, number][]>
}

const TOLD = /^\{"v":1,"seq":\d+,"t":\d+,"run":"[0-9a-f]+","type":"stage\.(?:start|end|metric)"/

/** Of every stage of a run, by `stageName`; empty where its events are gone. */
export function readHappenings(runFolder: string): ReadonlyMap<string, Happenings> {
  const path = join(runFolder, 'events.jsonl')
  const found = new Map<string, Growing>()
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    if (!TOLD.test(line)) continue
    const event = parseEvent(line)
    if (event?.type !== 'stage.start' && event?.type !== 'stage.end' && event?.type !== 'stage.metric') continue
    const name = stageName(event)
    const of = found.get(name) ?? { metrics: new Map<string, [number, number][]>() }
    found.set(name, of)
    if (event.type === 'stage.start') of.startMs ??= event.t
    else if (event.type === 'stage.end') of.endMs = event.t
    else {
      const values = of.metrics.get(event.name)
      if (values === undefined) of.metrics.set(event.name, [[event.step, event.value]])
      else values.push([event.step, event.value])
    }
  }
  return found
}

/** A stage of a run, whatever its address is spelt like. */
export const stageName = ({ stage, variant }: { readonly stage: string; readonly variant: Cell }): string =>
  `${stage}@${canonicalJson(variant)}`
