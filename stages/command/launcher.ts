import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { killGroup } from './kill-group.ts'
import type { Program, ProgramEnd, Started } from './program.ts'

/**
 * A small shell that starts programs, one at a time. Node starts a process by copying itself, which takes milliseconds
 * once it has grown; a shell does it in a fraction of one. Each program has a session of its own (`setsid`), so that its
 * group can be signalled; what it leaves in the background is killed when it ends. The shell tells group and exit code on
 * its standard output, after a mark that programs cannot know; a mark on both streams says that all output has come. Its builtin
 * `times` counts what it waited for, which is the program and all that waited for in turn.
 */
export class Launcher {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #setsid: string
  readonly #mark = `\0${randomBytes(16).toString('hex')} `
  #current: { readonly program: Program; resolve(end: ProgramEnd): void; reject(error: Error): void } | undefined
  #group = 0
  readonly #open: { out: Buffer; err: Buffer } = { out: Buffer.alloc(0), err: Buffer.alloc(0) }
  #end: ProgramEnd | undefined
  #childrenMs = 0
  #errorsEnded = false
  #lost = false

  /** `setsid`: path of that program. */
  constructor(setsid: string) {
    this.#setsid = setsid
    this.#child = spawn('/bin/sh', ['-s'], { stdio: 'pipe', detached: true, env: {} })
    const { stdout, stderr, stdin } = this.#child
    stdout.on('data', (chunk: Buffer) => this.#onOutput(chunk))
    stderr.on('data', (chunk: Buffer) => this.#onError(chunk))
    stdin.on('error', () => this.#lose('cannot be written to'))
    this.#child.on('error', (error) => this.#lose(error.message))
    this.#child.on('exit', (code, signal) => this.#lose(`ended by ${signal ?? `exit code ${code}`}`))
    this.#hold(false)
  }

  /** False once the shell has gone. */
  get isAlive(): boolean {
    return !this.#lost
  }

  start(program: Program): Started {
    const ended = new Promise<ProgramEnd>((resolve, reject) => {
      this.#current = { program, resolve, reject }
      if (this.#lost) return this.#settle(() => reject(new Error('the launcher is gone')))
      this.#group = 0
      this.#end = undefined
      this.#errorsEnded = false
      this.#hold(true)
      this.#child.stdin.write(this.#script(program))
    })
    return { ended, signal: (signal) => this.#group > 0 && killGroup(this.#group, signal) }
  }

  #script({ argv, folder, environment }: Program): string {
    const mark = `'\\000${this.#mark.slice(1)}'`
    const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`)
    return [
      `( read -r pid _ </proc/self/stat; printf ${mark}'group %d\\000' "$pid"`,
      `cd ${quote(folder)} || exit; unset pid _ PWD OLDPWD; ${exports.join('; ')}`,
      `exec ${this.#setsid} ${argv.map(quote).join(' ')} ) </dev/null`,
      `printf ${mark}'code %d ' $?; times; printf '\\000'; printf ${mark}'\\000' >&2`,
      '',
    ].join('\n')
  }

  #onOutput(chunk: Buffer): void {
    this.#open.out = this.#passOn(
      Buffer.concat([this.#open.out, chunk]),
      (told) => {
        const [what, value] = told.split(' ', 2)
        if (what === 'group') {
          this.#group = Number(value)
          this.#current?.program.onGroup(this.#group)
        } else {
          const childrenMs = childrenTime(told)
          this.#end = { code: Number(value), cpuMs: childrenMs - this.#childrenMs }
          this.#childrenMs = childrenMs
          killGroup(this.#group, 'SIGKILL') // what it left in the background
          this.#endIfComplete()
        }
      },
      (text) => this.#current?.program.onOutput(text),
    )
  }

  #onError(chunk: Buffer): void {
    this.#open.err = this.#passOn(
      Buffer.concat([this.#open.err, chunk]),
      () => {
        this.#errorsEnded = true
        this.#endIfComplete()
      },
      (text) => this.#current?.program.onError(text),
    )
  }

  /** Hands on what is output, calls for what is told behind a mark, and gives what may be the beginning of one. */
  #passOn(bytes: Buffer, onTold: (told: string) => void, onText: (text: Buffer) => void): Buffer {
    for (;;) {
      const at = bytes.indexOf(this.#mark)
      const end = at === -1 ? -1 : bytes.indexOf(0, at + this.#mark.length)
      if (end === -1) break
      if (at > 0) onText(bytes.subarray(0, at))
      onTold(bytes.toString('latin1', at + this.#mark.length, end))
      bytes = bytes.subarray(end + 1)
    }
    const kept = this.#beginningOfMark(bytes)
    if (kept > 0) onText(bytes.subarray(0, kept))
    return bytes.subarray(kept)
  }

  /** Where a mark may begin that has not come as a whole; else the length. */
  #beginningOfMark(bytes: Buffer): number {
    for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) {
      const rest = bytes.toString('latin1', at, at + this.#mark.length)
      if (this.#mark.startsWith(rest)) return at
    }
    return bytes.length
  }

  #endIfComplete(): void {
    const end = this.#end
    if (end === undefined || !this.#errorsEnded) return
    const current = this.#current!
    this.#settle(() => current.resolve(end))
  }

  #lose(how: string): void {
    if (this.#lost) return
    this.#lost = true
    if (this.#group > 0) killGroup(this.#group, 'SIGKILL')
    const current = this.#current
    if (current !== undefined) this.#settle(() => current.reject(new Error(how)))
  }

  #settle(tell: () => void): void {
    this.#current = undefined
    this.#hold(false)
    tell()
  }

  /** Whether this process stays alive for the shell. */
  #hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#child
    for (const each of [this.#child, ...([stdin, stdout, stderr] as unknown as Socket[])]) {
      if (held) each.ref()
      else each.unref()
    }
  }
}

/** What `times` says in its second line of all that the shell waited for: `0m1.250000s 0m0.040000s`, in ms. */
function childrenTime(told: string): number {
  const [, children = ''] = told.split('\n')
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1000 * Number(seconds),
    0,
  )
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
