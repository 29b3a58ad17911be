import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Span } from './node.ts'
import type { Sources } from './sources.ts'

interface Fault {
  readonly at?: Span | undefined
  /** In the spec's own terms: `stages.train.with.lr`. */
  readonly path?: string
  readonly related?: readonly { readonly message: string; readonly at: Span }[]
  readonly help: string | readonly string[]
}

/**
 * Collects what is wrong with a spec while its parts are looked at. Steps go from precise to vague, so the first
 * fault told of a node stands and later ones of the same node are dropped.
 */
export class Findings {
  readonly sources: Sources
  readonly #errors = new Map<string, Diagnostic>()

  constructor(sources: Sources) {
    this.sources = sources
  }

  get errors(): readonly Diagnostic[] {
    return [...this.#errors.values()]
  }

  error(code: string, message: string, { at, path, related, help }: Fault): void {
    // A missing key has no node of its own, so each is told.
    const key = [at?.file, at?.start, at?.end, at === undefined || code === 'E103' ? message : ''].join('\0')
    if (this.#errors.has(key)) return
    this.#errors.set(key, {
      code,
      severity: 'error',
      message,
      ...(at && { at: this.sources.place(at, path) }),
      ...(related && { related: related.map((r) => ({ message: r.message, at: this.sources.place(r.at) })) }),
      help: typeof help === 'string' ? [help] : help,
    })
  }
}
