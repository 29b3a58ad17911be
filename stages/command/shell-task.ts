import { encodeFiles } from '../../artifacts/files.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { Inputs, TaskContext } from '../stage.ts'
import { collectOutputs } from './collect-outputs.ts'
import { execute } from './execute.ts'
import { layOut } from './lay-out.ts'
import type { ShellSettings } from './shell.ts'

/** Lays the inputs out, runs the command in their folder, and keeps what it had to write. Failures: E212, E601, E602, E604. */
export async function runCommand(
  inputs: Inputs,
  context: TaskContext<ShellSettings>,
): Promise<{ readonly files: Uint8Array }> {
  const { disk, log, signal, settings, memBytes, used } = context
  const folder = disk.folder()
  const laidOut = await layOut(folder, inputs, context)
  const { run, shell } = settings
  const argv = typeof run === 'string' ? [shell, '-ec', run] : run
  const name = typeof run === 'string' ? 'the command' : sanitize(run[0])
  await execute({ argv, name, folder, environment: environmentOf(folder, context), log, signal, memBytes, used })
  return { files: encodeFiles({ files: await collectOutputs(folder, { laidOut, outputs: settings.outputs, disk }) }) }
}

/** Nothing of the person's environment but what is asked for, where programs lie and where home is; the same language on every machine. */
function environmentOf(
  folder: string,
  { settings, threads, devices, seed, variables }: TaskContext<ShellSettings>,
): Record<string, string> {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME } = variables
  const passed = settings.pass_env.flatMap((name) => {
    const value = variables[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    PATH,
    ...(HOME !== undefined && { HOME }),
    LANG: 'C.UTF-8',
    TMPDIR: `${folder}/.tmp`,
    CUDA_VISIBLE_DEVICES: '', // left out, a program would see every GPU, those lent to others among them
    ...Object.fromEntries(passed),
    ...Object.fromEntries(Object.entries(settings.env).map(([name, value]) => [name, String(value)])),
    PIPELINE_THREADS: String(threads),
    ...(devices.length > 0 && { CUDA_VISIBLE_DEVICES: devices.join(',') }),
    ...(settings.seed && { PIPELINE_SEED: String(seed) }),
  }
}
