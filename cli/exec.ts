import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { shortDigest } from '../base/digest.ts'
import { formatBytes } from '../base/format.ts'
import { sanitize } from '../base/sanitize.ts'
import { foldersOf } from '../runner/environment.ts'
import { parseTaskFile } from '../runner/task-file.ts'
import { fileName } from '../runner/stage-log.ts'
import { EXIT_YES, EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'

/** `pipeline exec TASK.json [--out DIR]`: one task by hand; 1 where the cache holds other bytes. */
export async function run({ arguments: [argument], options, io }: Invocation): Promise<number> {
  if ((argument as string | undefined) === undefined)
    throw new Failure('E001', 'which task?', { help: ['pipeline show RUN --task ADDRESS > task.json describes one'] })
  const file = parseTaskFile(read(argument, io.cwd), argument)
  const { task, key } = file
  const folders = foldersOf(io.root, io.environment)
  const out = resolve(io.cwd, options.text('out') ?? `${fileName(task.address, key)}-${shortDigest(key)}`)
  const { execTask } = await import('../runner/exec-task.ts')
  const executed = await execTask(file, {
    root: io.root,
    cacheFolder: folders.cache,
    out,
    variables: io.environment.variables,
    visibleDevices: io.environment.visibleDevices,
    signal: new AbortController().signal,
    listen(message) {
      if (message.type === 'log') io.stderr.write(`${sanitize(message.text)}\n`)
    },
  })
  const { files, items, bytes, same } = executed
  if (io.json) io.stdout.write(`${JSON.stringify({ v: 1, kind: 'exec', ...executed, out })}\n`)
  else {
    const what = items > 0 ? `${items} items` : files.length > 3 ? `${files.length} files` : files.join(', ')
    const judged =
      same === undefined ? 'not in the cache' : same ? 'same bytes as in the cache' : 'OTHER bytes than in the cache'
    io.stdout.write(`${[task.kind, shortDigest(key), sanitize(what), formatBytes(bytes), judged].join('  ')}\n`)
  }
  return same === false ? EXIT_YES : EXIT_OK
}

function read(argument: string, cwd: string): string {
  try {
    return readFileSync(argument === '-' ? 0 : resolve(cwd, argument), 'utf8')
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw new Failure('E403', `cannot read ${sanitize(argument)}: ${code}`)
  }
}
