import { script } from '@bomb.sh/tab'
import { Failure } from '../base/diagnostic.ts'
import { oneOf } from './environment.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const

/** `pipeline completion SHELL`: a script for that shell on stdout; it asks `pipeline complete` for what may come next. */
export function run({ arguments: words }: Invocation): Promise<number> {
  const shell = words.at(0)
  if (shell === undefined)
    throw new Failure('E001', 'which shell?', { help: [`pipeline completion ${SHELLS.join('|')}`] })
  script(oneOf('SHELL', SHELLS, shell), 'pipeline', 'pipeline')
  return Promise.resolve(EXIT_OK)
}
