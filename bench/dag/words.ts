import { tmpdir } from 'node:os'
import { stripVTControlCharacters } from 'node:util'
import type { Started } from './start.ts'

const LENGTH = 100
/** The folders that tools work in, of no interest in a table. */
const TEMPORARY = new RegExp(`${tmpdir()}/flawline-bench-\\w+/(?:round-\\d+/)?[\\d-]+/`, 'g')

/** The line of what a program said that tells most of why it failed, fit for a cell of a table. */
export function wordsOf({ code, said }: Pick<Started, 'code' | 'said'>): string {
  const lines = stripVTControlCharacters(said)
    .replaceAll(TEMPORARY, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /[a-z]/i.test(line))
  const line = lines.find((each) => /error|exception|lock|busy/i.test(each)) ?? lines.at(-1) ?? ''
  return line === '' ? `exit code ${code}` : line.replaceAll('|', '/').slice(0, LENGTH)
}
