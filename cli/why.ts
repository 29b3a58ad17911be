import { Failure } from '../base/diagnostic.ts'
import { SET_OPTIONS, type SetOption } from '../runner/request.ts'
import { whyText } from '../ui/why-text.ts'
import { EXIT_OK, EXIT_USAGE } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { planningLine, planRequest } from './plan-request.ts'
import { writeDiagnostics } from './write-diagnostics.ts'

/** `pipeline why SPEC ADDRESS`: what changed, where it is written, what stayed and what follows. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, options } = invocation
  const edits = options.list('if').map((text): SetOption => ({ kind: 'set', text }))
  const sets = [...invocation.sets, ...edits]
  const { spec, targets, ...request } = await planRequest({ ...invocation, sets }, new AbortController().signal)
  if (targets.length !== 1)
    throw new Failure('E001', 'which stage?', { help: [`pipeline why ${spec.argument} STAGE[@AXIS=VALUE,...]`] })
  const { whyPipeline } = await import('../runner/explain/why.ts')
  const progress = planningLine(io)
  const [earlier, other] = [options.text('run'), options.text('against')]
  const { made, diagnostics, sources, exit } = await whyPipeline(
    {
      ...request,
      spec,
      targets: [],
      onProgress: (what, done, total) => progress.show({ what, done, total }, performance.now()),
    },
    {
      address: targets[0],
      ...(earlier !== undefined && { run: earlier }),
      ...(other !== undefined && { against: other }),
    },
  )
  progress.clear()
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'why', ...made, diagnostics })}\n`)
  else {
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    writeDiagnostics(io.stderr, errors, sources)
    const style = { columns: io.stdout.columns(), nowMs: Date.now(), typed: typedAs(invocation.sets, edits) }
    if (made !== undefined) io.stdout.write(`${whyText(made, style).join('\n')}\n`)
  }
  return made === undefined ? exit || EXIT_USAGE : EXIT_OK
}

/** Arguments of one option are the lines of one text, and `--if` are further ones of `--set`. */
function typedAs(sets: readonly SetOption[], edits: readonly SetOption[]): Map<string, readonly string[]> {
  const lines = new Map<string, string[]>()
  const add = (name: string, shown: string, text: string): void => {
    const before = lines.get(name) ?? []
    lines.set(name, [...before, ...text.split('\n').map(() => `${shown} ${text}`)])
  }
  for (const { kind, text } of sets) {
    const option = SET_OPTIONS[kind]
    add(option, option, text)
  }
  for (const { text } of edits) add('--set', '--if', text)
  return lines
}
