import { STAGE_KINDS } from '../stages/registry.ts'
import { EXIT_OK } from './exit-codes.ts'
import { findKinds } from './find-kinds.ts'
import type { Invocation } from './invocation.ts'
import { kindDetail, kindList, kindReference } from './kind-text.ts'
import { settingRows } from './setting-rows.ts'

/** `pipeline stages [KIND]`: the kinds, a family of them, or one in full. */
export function run({ arguments: words, options, io }: Invocation): Promise<number> {
  const name = words.at(0)
  const kinds = name === undefined ? STAGE_KINDS : findKinds(name, STAGE_KINDS)
  if (io.json) {
    const document = kinds.map(({ kind, version, summary, paper, ports, gives, settings }) => ({
      kind,
      version,
      summary,
      paper,
      needs: ports,
      gives,
      settings: settingRows(settings),
    }))
    io.stdout.write(`${JSON.stringify({ v: 1, kind: 'stages', stages: document })}\n`)
  } else if (options.has('md')) io.stdout.write(kindReference(kinds))
  else io.stdout.write(kinds.length === 1 && kinds[0].kind === name ? kindDetail(kinds[0]) : kindList(kinds))
  return Promise.resolve(EXIT_OK)
}
