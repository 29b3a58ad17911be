import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { describe, test } from 'vitest'

const PATH = '/usr/bin/chromium'
/** Without these Chromium tries to reach its maker, which tests must not wait for. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Tests in Debian's Chromium; where it is missing they are skipped by a line that says so. */
export function describeInChromium(name: string, tests: () => void): void {
  if (existsSync(PATH)) describe(name, tests)
  else test.skip(`${name} (needs ${PATH}, Debian's package chromium)`, () => {})
}

export async function startChromium(): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath: PATH, args: ARGUMENTS })
}
