import type { Cache } from '../../cache/cache.ts'
import { asMeasured, noteMeasured } from './measured.ts'

/** Names under which the work that is no stage's is recorded. */
const DECODING = 'decoding'
const AROUND = 'around the stages'

/** Measured on two cores with images of 256 px, and with a run of one small stage; only used until a run has recorded its own. */
const DECODING_MS = 15
const AROUND_MS = 900

/** Time in ms to decode so many pictures for the first time. */
export const decodingMs = (cache: Cache, pictures: number): number => estimated(cache, DECODING, pictures * DECODING_MS)

export function noteDecoding(cache: Cache, pictures: number, ms: number): void {
  noteMeasured(cache, DECODING, work(pictures * DECODING_MS), work(ms))
}

/** Time in ms of a run before, between and after its stages: reading the spec, planning, starting processes, outputs. */
export const aroundMs = (cache: Cache): number => estimated(cache, AROUND, AROUND_MS)

export function noteAround(cache: Cache, ms: number): void {
  noteMeasured(cache, AROUND, work(AROUND_MS), work(ms))
}

const work = (ms: number): { ms: number; bytes: number } => ({ ms, bytes: 0 })

const estimated = (cache: Cache, name: string, ms: number): number => (asMeasured(cache, name, work(ms)) ?? work(ms)).ms
