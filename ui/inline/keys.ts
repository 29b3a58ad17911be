const CTRL_C = 0x03
const CTRL_Z = 0x1a

/** The keyboard as far as a screen needs it; `process.stdin` on a terminal is one. */
export interface Keyboard {
  setRawMode(on: boolean): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data', listener: (bytes: Buffer) => void): unknown
  off(event: 'data', listener: (bytes: Buffer) => void): unknown
}

/**
 * Raw mode keeps typed letters off the screen, and turns Ctrl-C and Ctrl-Z into bytes, which go where
 * the signals go. Returns the way back.
 */
export function listenToKeys(
  keyboard: Keyboard,
  { onInterrupt, onSuspend }: { onInterrupt: () => void; onSuspend: () => void },
): () => void {
  const onData = (bytes: Buffer): void => {
    for (const byte of bytes) {
      if (byte === CTRL_C) onInterrupt()
      if (byte === CTRL_Z) onSuspend()
    }
  }
  keyboard.setRawMode(true)
  keyboard.on('data', onData)
  keyboard.resume()
  return () => {
    keyboard.off('data', onData)
    keyboard.setRawMode(false)
    keyboard.pause()
  }
}
