import { describe, expect, test } from 'vitest'
import { makeProject, SYNTHETIC_SPEC } from './pipeline-process.ts'
import { HAS_TMUX, RealTerminal } from './terminal.ts'

/** Long enough for the window to come up on a slow machine. */
const LONG_SPEC = SYNTHETIC_SPEC.replace('train: 8', 'train: 400').replaceAll('size: 64', 'size: 256')

if (!HAS_TMUX) console.log('skipped: the real terminal, for want of tmux')

describe.skipIf(!HAS_TMUX)('in a real terminal', () => {
  test('a window moves, follows the size, and Ctrl-C stops the run', async () => {
    const terminal = new RealTerminal(makeProject({ long: LONG_SPEC }), 80, 24)
    terminal.start('run long')
    await terminal.until(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] extract +running +[█░]{8} \d+\/404 images/u, 120_000)
    terminal.resize(120, 30)
    await terminal.until(/─{120}/)
    terminal.resize(60, 8)
    await terminal.until(/\n\d+:\d\d 2\/3 extract \d+\/404/)
    const pressed = performance.now()
    terminal.press('C-c')
    const text = await terminal.until(/exit \d+/)
    expect(text).toContain('exit 130')
    expect(performance.now() - pressed).toBeLessThan(10_000)
    expect(text.split('long  pipelines/long.yaml').length).toBe(2)
    terminal.press('stty -a | tr " " "\\n" | grep -x -e -echo -e echo', 'Enter')
    await terminal.until(/\necho\n/)
  }, 240_000)

  test('stdout into a file leaves the screen on the terminal and the file empty', async () => {
    const terminal = new RealTerminal(makeProject({ small: SYNTHETIC_SPEC }), 80, 24)
    terminal.start('run small > out.txt; wc -c < out.txt')
    const text = await terminal.until(/exit \d+/, 120_000)
    expect(text).toMatch(/✓ extract +done +12 images/)
    expect(text).toMatch(/\n0\nexit 0/)
  }, 240_000)

  test('TERM=dumb gets plain lines', async () => {
    const terminal = new RealTerminal(makeProject({ small: SYNTHETIC_SPEC }), 80, 24)
    terminal.press('export TERM=dumb', 'Enter')
    terminal.start('run small')
    expect(await terminal.until(/exit \d+/, 120_000)).toMatch(/\d:\d\d {2}extract {2}done {5}12 images/)
  }, 240_000)
})
