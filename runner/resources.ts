import { readdirSync } from 'node:fs'
import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import { formatBytes } from '../base/format.ts'
import { parseBytes } from '../base/quantity.ts'
import { machineMemory } from './machine.ts'
import type { SpecStage } from './spec/spec.ts'

/** What the stages of a run share: devices by id, and amounts by name (`mem` in bytes). A name that is not there is not limited. */
export interface Resources {
  readonly gpu: readonly string[]
  readonly amounts: Readonly<Record<string, number>>
}

/** What `--resources` said, over what the machine has. Throws E001. `source` is the option or variable as people write it. */
export function parseResources(
  texts: readonly string[],
  { source, visibleDevices }: { readonly source: string; readonly visibleDevices?: string | undefined },
): Resources {
  let gpu = foundDevices(visibleDevices)
  const amounts: Record<string, number> = { mem: machineMemory() }
  for (const text of texts) {
    const [, name, value] = /^([a-z][a-z0-9_-]*)=(.*)$/.exec(text) ?? refuse(source, text)
    if (name === 'gpu') gpu = parseDevices(value) ?? refuse(source, text)
    else amounts[name] = (name === 'mem' ? parseBytes(value) : parseAmount(value)) ?? refuse(source, text)
  }
  return { gpu, amounts }
}

/** Stages that ask for more than there is: they would wait for ever. */
export function checkResources(stages: readonly SpecStage[], { gpu, amounts }: Resources): Diagnostic[] {
  const told = new Set<string>()
  return stages.flatMap((stage) =>
    Object.entries(stage.control.resources).flatMap(([name, amount]): Diagnostic[] => {
      const there = name === 'gpu' ? gpu.length : (amounts[name] ?? Infinity)
      if (amount <= there || told.has(`${stage.name} ${name}`)) return []
      told.add(`${stage.name} ${name}`)
      const shown = (value: number): string => (name === 'mem' ? formatBytes(value) : String(value))
      return [
        {
          code: 'E106',
          severity: 'error',
          message: `${stage.name} asks for ${name} ${shown(amount)}, and there is ${shown(there)}`,
          at: stage.placeOf(),
          help: [`lower ${stage.name}'s resources.${name}, or give more: --resources ${name}=...`],
        },
      ]
    }),
  )
}

function refuse(source: string, text: string): never {
  throw new Failure('E001', `${source} does not take "${text}"`, {
    help: ['write gpu=0,1 (device ids), mem=24G, or a name and a number, such as io=2'],
  })
}

/** Ids as CUDA takes them: numbers, or names of devices and their parts. `gpu=` lends none. */
function parseDevices(text: string): readonly string[] | undefined {
  const ids = text === '' ? [] : text.split(',')
  const sound = ids.every((id) => /^[A-Za-z0-9/-]+$/.test(id)) && new Set(ids).size === ids.length
  return sound ? ids : undefined
}

const parseAmount = (text: string): number | undefined => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined)

/** The devices that `CUDA_VISIBLE_DEVICES` leaves, else all that the driver shows. */
function foundDevices(visible: string | undefined): readonly string[] {
  if (visible !== undefined) return parseDevices(visible) ?? []
  try {
    return readdirSync('/dev')
      .flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? [])
      .sort((a, b) => Number(a) - Number(b))
  } catch {
    return []
  }
}
