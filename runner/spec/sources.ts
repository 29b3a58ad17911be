import type { Place } from '../../base/diagnostic.ts'
import type { Span } from './node.ts'

/** Every text that a spec is made of, by the name under which diagnostics show it. */
export class Sources {
  readonly #texts = new Map<string, string>()
  readonly #lineStarts = new Map<string, readonly number[]>()

  readonly #files = new Map<string, string>()

  /** Absolute paths of those that are files. */
  get files(): ReadonlyMap<string, string> {
    return this.#files
  }

  get texts(): ReadonlyMap<string, string> {
    return this.#texts
  }

  /** `path`: where it lies, absolute, if it is a file. */
  add(file: string, text: string, path?: string): void {
    this.#texts.set(file, text)
    if (path !== undefined) this.#files.set(file, path)
    const starts = [0]
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
    this.#lineStarts.set(file, starts)
  }

  /** Lines and columns from 1, the end exclusive, columns in UTF-16 units. */
  place(span: Span, path?: string): Place {
    const [line, column] = this.#position(span.file, span.start)
    const [endLine, endColumn] = this.#position(span.file, Math.max(span.end, span.start + 1))
    return { file: span.file, line, column, endLine, endColumn, ...(path !== undefined && { path }) }
  }

  #position(file: string, offset: number): [line: number, column: number] {
    const starts = this.#lineStarts.get(file) ?? [0]
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle] <= offset) low = middle
      else high = middle - 1
    }
    return [low + 1, offset - starts[low] + 1]
  }
}
