import type { Digest } from '../base/digest.ts'
import type { Cache } from '../cache/cache.ts'
import type { FactLists } from '../cache/records.ts'
import type { IndexWriter } from './index-writer.ts'

/**
 * What was derived from contents, by topic and digest. Each fact has a record of its own; those that a source stage asked
 * for last also lie together, since ten thousand records take longer to read than to use.
 */
export class KnownFacts {
  readonly #cache: Cache
  readonly #list: string
  readonly #together: ReadonlyMap<string, ReadonlyMap<string, unknown>>
  readonly #asked = new Map<string, Map<string, unknown>>()
  #isOther = false

  /** `list` names the list that lies together. */
  constructor(cache: Cache, list: string) {
    this.#cache = cache
    this.#list = list
    const known = cache.index.factLists.get(list) ?? {}
    this.#together = new Map(
      Object.entries(known).map(([topic, { digests, facts }]) => {
        const text = Buffer.from(digests).toString('hex')
        return [topic, new Map(facts.map((fact, i) => [text.slice(i * HEX, (i + 1) * HEX), fact]))]
      }),
    )
  }

  get(topic: string, digest: Digest): unknown {
    const asked = this.#askedOf(topic)
    const before = asked.get(digest)
    if (before !== undefined) return before
    let fact = this.#together.get(topic)?.get(digest)
    if (fact === undefined) {
      fact = this.#cache.index.facts.get(`${topic}\0${digest}`)
      if (fact === undefined) return undefined
      this.#isOther = true
    }
    asked.set(digest, fact)
    return fact
  }

  add(topic: string, digest: Digest, fact: unknown, writer: IndexWriter): void {
    this.#askedOf(topic).set(digest, fact)
    this.#isOther = true
    writer.add(() => void this.#cache.index.facts.put(`${topic}\0${digest}`, fact))
  }

  /** Keeps what was asked for together, where it is not what lies there. */
  keep(writer: IndexWriter): void {
    const sizes = (facts: ReadonlyMap<string, { readonly size: number }>): number =>
      [...facts.values()].reduce((sum, { size }) => sum + size, 0)
    if (!this.#isOther && sizes(this.#asked) === sizes(this.#together)) return
    const lists: Record<string, FactLists[string]> = {}
    for (const [topic, facts] of this.#asked)
      lists[topic] = { digests: Buffer.from([...facts.keys()].join(''), 'hex'), facts: [...facts.values()] }
    writer.add(() => void this.#cache.index.factLists.put(this.#list, lists))
  }

  #askedOf(topic: string): Map<string, unknown> {
    let asked = this.#asked.get(topic)
    if (asked === undefined) this.#asked.set(topic, (asked = new Map<string, unknown>()))
    return asked
  }
}

/** Characters of a digest. */
const HEX = 64
