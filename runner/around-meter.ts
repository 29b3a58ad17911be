import type { Cache } from '../cache/cache.ts'
import type { EventBody } from './events.ts'
import { noteAround } from './plan/own-costs.ts'
import type { Prepared } from './plan/prepare.ts'

/** Learns what a run takes beside its stages, from runs whose stages computed one after another. */
export class AroundMeter {
  #stagesMs = 0
  #computed = 0

  see(event: EventBody): void {
    if (event.type !== 'stage.end' || (event.state !== 'done' && event.state !== 'failed')) return
    this.#stagesMs += event.wallMs
    this.#computed++
  }

  /** To be called at the end of the run; the clock of the process started with it. */
  async note(cache: Cache, { stages, decodedMs }: Prepared): Promise<void> {
    const oneByOne = stages.every(({ kind: { shape, runs = 'host' } }) => shape === 'list' || runs === 'host')
    if (this.#computed === 0 || !oneByOne) return
    const ms = Math.max(0, performance.now() - this.#stagesMs - decodedMs)
    await cache.commit(() => noteAround(cache, ms)).catch(() => {}) // a full disk is told by what needs it
  }
}
