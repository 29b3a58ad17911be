import type { SetOption } from '../runner/request.ts'
import type { Output } from '../ui/run-ui.ts'
import type { Environment, UiMode } from './environment.ts'

/** What was typed and where: all a command needs to know of the process. */
export interface Invocation {
  readonly arguments: readonly string[]
  readonly options: Options
  /** `--set` and its kin, in the order given. */
  readonly sets: readonly SetOption[]
  readonly argv: readonly string[]
  readonly io: Io
}

/** Option values by their long name in camelCase. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values[name] === true
  }

  /** Given as `--no-NAME`. */
  isDenied(name: string): boolean {
    return this.#values[name] === false
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  list(name: string): readonly string[] {
    const value = this.#values[name]
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
  }
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /** The streams themselves, for screens. */
  readonly streams: Streams
  readonly environment: Environment
  /** Absolute working folder. */
  readonly cwd: string
  /** Project root: the nearest folder that holds `.pipeline/` or `pipelines/`. */
  readonly root: string
  readonly ui: UiMode
  readonly json: boolean
  readonly verbose: boolean
}

export interface Streams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}
