import { render, Static, Text } from 'ink'
import { createElement, Fragment } from 'react'
import type { Screen } from './screen.ts'

/** A window at the foot of the terminal, with permanent lines above it. */
export interface Window {
  /** `permanent` grows from call to call; each of its lines is printed once. `frame` replaces the window. */
  draw(permanent: readonly string[], frame: readonly string[]): void
  /** Takes the window away; the next `draw` puts it back. */
  clear(): void
  /** Leaves the permanent lines, and an empty line where the last, empty frame was. */
  close(): void
}

const MOST_FRAMES_A_SECOND = 12

/** Loaded late, with React: see `inline.ts`. Only for a real terminal. */
export function openWindow(screen: Screen): Window {
  const instance = render(createElement(Fragment), {
    stdout: screen as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: MOST_FRAMES_A_SECOND,
  })
  return {
    draw: (permanent, frame) => instance.rerender(tree(permanent, frame)),
    clear: () => instance.clear(),
    close() {
      instance.unmount()
      instance.cleanup()
    },
  }
}

function tree(permanent: readonly string[], frame: readonly string[]) {
  return createElement(
    Fragment,
    null,
    createElement(Static<string>, {
      items: [...permanent],
      children: (line, index) => createElement(Text, { key: index, wrap: 'truncate' }, line),
    }),
    createElement(Text, { wrap: 'truncate' }, frame.join('\n')),
  )
}
