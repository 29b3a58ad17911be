import { createInterface } from 'node:readline/promises'
import type { Streams } from '../invocation.ts'

interface Question {
  readonly text: string
  readonly fallback: string
  /** The answer, where it is known already. */
  readonly given: string | undefined
  /** The answers that there are. @default any */
  readonly among?: readonly string[]
}

/** Asks on the terminal; Enter alone takes what stands in brackets. What does not fit is asked again. */
export async function ask(
  { stdin, stderr }: Pick<Streams, 'stdin' | 'stderr'>,
  questions: readonly Question[],
): Promise<string[]> {
  const terminal = createInterface({ input: stdin, output: stderr })
  const answers: string[] = []
  try {
    for (const { text, fallback, given, among } of questions) {
      let answer = given
      while (answer === undefined || among?.includes(answer) === false)
        answer = (await terminal.question(`${text} [${fallback}] `)).trim() || fallback
      answers.push(answer)
    }
  } finally {
    terminal.close()
  }
  return answers
}
