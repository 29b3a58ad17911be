import type { Resources } from './resources.ts'

/** Shares such as 0.1 are not exact in binary. */
const ROUNDING = 1e-9

/** Where a stage runs: on all cores, one at a time, or beside others. */
export type Lane = 'cores' | 'light'

export interface Need {
  readonly lane: Lane
  /** Named resources: whole devices of `gpu`, amounts of any other. */
  readonly resources: Readonly<Record<string, number>>
}

/** What a stage holds while it runs. */
export interface Lease {
  readonly devices: readonly string[]
  release(): void
}

interface Waiting {
  readonly order: number
  readonly need: Need
  readonly grant: (lease: Lease | undefined) => void
}

/**
 * Lends lanes and named resources together, so that nobody holds one while waiting for another. Who came first goes
 * first, but what does not fit lets others pass. Those with equal needs share a queue, so that the time to find the next
 * one does not grow with how many wait.
 */
export class LeasePool {
  readonly #lanes: Record<Lane, number>
  readonly #free: Map<string, number>
  readonly #devices: string[]
  readonly #queues = new Map<string, Queue>()
  #order = 0
  #isDrained = false

  /** `jobs` bounds the light lane. */
  constructor(jobs: number, { gpu, amounts }: Resources) {
    this.#lanes = { cores: 1, light: jobs }
    this.#free = new Map(Object.entries(amounts))
    this.#devices = [...gpu]
  }

  /** Resolves when all of it is free at once; with nothing once the pool is drained. */
  acquire(need: Need): Promise<Lease | undefined> {
    if (this.#isDrained) return Promise.resolve(undefined)
    return new Promise((grant) => {
      const kind = `${need.lane} ${JSON.stringify(need.resources)}`
      let queue = this.#queues.get(kind)
      if (queue === undefined) this.#queues.set(kind, (queue = new Queue()))
      queue.add({ order: this.#order++, need, grant })
      this.#serve()
    })
  }

  /** The named resources of a need that are short now, with what is free of them. */
  shortOf({ resources }: Need): { need: Record<string, number>; free: Record<string, number> } | undefined {
    const short = Object.entries(resources).filter(([name, amount]) => amount > this.#freeOf(name) + ROUNDING)
    if (short.length === 0) return undefined
    return {
      need: Object.fromEntries(short),
      free: Object.fromEntries(short.map(([name]) => [name, this.#freeOf(name)])),
    }
  }

  /** Sends away all who wait and all who come later. */
  drain(): void {
    this.#isDrained = true
    for (const queue of this.#queues.values())
      for (let next = queue.take(); next; next = queue.take()) next.grant(undefined)
  }

  #freeOf(name: string): number {
    return name === 'gpu' ? this.#devices.length : (this.#free.get(name) ?? Infinity)
  }

  #fits({ lane, resources }: Need): boolean {
    return (
      this.#lanes[lane] > 0 &&
      Object.entries(resources).every(([name, amount]) => amount <= this.#freeOf(name) + ROUNDING)
    )
  }

  #serve(): void {
    for (;;) {
      const fitting = [...this.#queues.values()].filter(({ first }) => first !== undefined && this.#fits(first.need))
      if (fitting.length === 0) return
      const queue = fitting.reduce((a, b) => (b.first!.order < a.first!.order ? b : a))
      const { need, grant } = queue.take()!
      grant(this.#lend(need))
    }
  }

  #lend({ lane, resources }: Need): Lease {
    const devices = this.#devices.splice(0, 'gpu' in resources ? resources.gpu : 0)
    this.#lanes[lane]--
    this.#change(resources, -1)
    let held = true
    return {
      devices,
      release: () => {
        if (!held) return
        held = false
        this.#lanes[lane]++
        this.#devices.push(...devices)
        this.#change(resources, 1)
        this.#serve()
      },
    }
  }

  #change(resources: Need['resources'], sign: 1 | -1): void {
    for (const [name, amount] of Object.entries(resources)) {
      const free = this.#free.get(name)
      if (free !== undefined) this.#free.set(name, free + sign * amount)
    }
  }
}

/** First in, first out, in constant time. */
class Queue {
  #items: Waiting[] = []
  #next = 0

  get first(): Waiting | undefined {
    return this.#items.at(this.#next)
  }

  add(item: Waiting): void {
    this.#items.push(item)
  }

  take(): Waiting | undefined {
    const item = this.#items.at(this.#next++)
    if (item === undefined) {
      this.#items = []
      this.#next = 0
    }
    return item
  }
}
