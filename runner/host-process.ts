import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { hostMemory } from './host/allocator.ts'
import type { Beat } from './host/beat.ts'
import type { FromHost, ToHost } from './host/protocol.ts'

/** After the end of a process: how long its last lines may take to arrive. */
const DRAIN_MS = 500
/** Own ticks, one a second, without a sign of life after which a host is given up: it is stopped, or the system has no time for it. Ticks, since a machine that sleeps stops both. */
const SILENT_TICKS = 60
const TICK_MS = 1000

/** What a host process is heard of. */
export interface HostListener {
  message(message: FromHost): void
  /** A line that a native library wrote by itself. */
  stray(text: string): void
  beat(beat: Beat): void
  /** No sign of life for a minute. */
  silent(): void
  /** Told once, after the last line; `how` is the signal or exit code. */
  ended(how: string): void
}

/** The process of a task host and its three channels: messages, stray lines, signs of life. */
export class HostProcess {
  readonly #child: ChildProcess
  #listener: HostListener | undefined
  #ended: string | undefined
  #missed = 0
  #rssBytes = 0
  readonly #tick: NodeJS.Timeout

  constructor() {
    this.#child = fork(new URL('./host/main.js', import.meta.url), [String(process.pid)], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      execArgv: ['--max-old-space-size=4096'],
      env: { ...process.env, ...hostMemory() },
    })
    this.#child.on('message', (messages: readonly FromHost[]) => {
      for (const message of messages) this.#listener?.message(message)
    })
    this.#child.on('error', (error) => this.#end(error.message)) // could not be started, or a message not be sent
    this.#child.on('exit', (code, signal) => {
      const how = signal ?? `exit code ${code ?? 'unknown'}`
      const end = (): void => this.#end(how)
      this.#child.once('close', end)
      setTimeout(end, DRAIN_MS).unref()
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface({ input: stream! }).on('line', (text) => this.#listener?.stray(text))
    createInterface({ input: this.#child.stdio[4] as Readable }).on('line', (line) => {
      const beat = JSON.parse(line) as Beat
      this.#missed = 0
      this.#rssBytes = beat.rssBytes
      this.#listener?.beat(beat)
    })
    this.#tick = setInterval(() => {
      if (++this.#missed === SILENT_TICKS) this.#listener?.silent()
    }, TICK_MS).unref()
  }

  /** Whoever works with the process now; undefined between two tasks. */
  listen(listener: HostListener | undefined): void {
    this.#listener = listener
    this.#missed = 0
    if (this.#ended !== undefined) listener?.ended(this.#ended)
  }

  /** Memory it held when last heard of, in bytes. */
  get rssBytes(): number {
    return this.#rssBytes
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  send(message: ToHost): void {
    this.#child.send(message, () => {})
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #end(how: string): void {
    if (this.#ended !== undefined) return
    this.#ended = how
    clearInterval(this.#tick)
    this.#listener?.ended(how)
  }
}
