import { spawnSync } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { PIPELINE } from './pipeline-process.ts'

export const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0

/** A real terminal: the built command in tmux, driven by keys, read as a person would see it. */
export class RealTerminal {
  readonly #server = `flawline-test-${process.pid}-${Math.random().toString(36).slice(2)}`

  constructor(cwd: string, columns: number, rows: number) {
    const size = ['-x', String(columns), '-y', String(rows)]
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      ...size,
      '-s',
      'main',
      '-c',
      cwd,
      'env -u CI PS1="$ " bash --norc --noprofile',
    )
    onTestFinished(() => void this.#tmux('kill-server'))
  }

  /** Types `pipeline ARGUMENTS; echo exit $?`. */
  start(argv: string): void {
    this.#tmux('send-keys', '-t', 'main', '-l', `clear; ${process.execPath} ${PIPELINE} ${argv}; echo exit $?`)
    this.press('Enter')
  }

  press(...keys: string[]): void {
    this.#tmux('send-keys', '-t', 'main', ...keys)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-t', 'main', '-x', String(columns), '-y', String(rows))
  }

  /** The text on the screen, with what scrolled away above it. */
  get text(): string {
    return this.#tmux('capture-pane', '-p', '-S', '-500', '-t', 'main').trimEnd()
  }

  /** Waits until the screen shows something, or fails with what it shows instead. */
  async until(pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const { text } = this
      if (pattern.test(text)) return text
      if (performance.now() > deadline) throw new Error(`waited for ${pattern}, the terminal shows\n${text}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  #tmux(...argv: string[]): string {
    return spawnSync('tmux', ['-L', this.#server, ...argv], { encoding: 'utf8' }).stdout
  }
}
