import { checkArtifact } from '../../artifacts/check.ts'
import type { Digest } from '../../base/digest.ts'
import type { Objects } from '../../cache/objects.ts'
import type { BoundInput, Inputs, ItemsInput, Pixels, TaskItem, WholeInput } from '../../stages/stage.ts'
import { projectFile } from './project-file.ts'
import type { StageTask, TaskInput, TaskRow } from './protocol.ts'
import type { Renderer } from './render.ts'

/** A stage's inputs as its code sees them, read from the cache and rendered from recipes. */
export function taskInputs(task: Omit<StageTask, 'id'>, objects: Pick<Objects, 'read'>, renderer: Renderer): Inputs {
  const bound = (port: string): TaskInput => {
    const input = task.inputs[port] as TaskInput | undefined
    if (input === undefined) throw new Error(`Internal error: port ${port} of ${task.address} is not bound`)
    return input
  }
  const perItem = new Map<string, ItemsInput>()
  return {
    has: (port) => port in task.inputs,
    bound: (port) => boundInputs(task.inputs, port),
    projectFiles: task.projectFiles.map((file) => projectFile(file, task.root)),
    whole: (port) => wholeInput(bound(port), objects),
    items: (port) => {
      let made = perItem.get(port)
      if (made === undefined) perItem.set(port, (made = itemsInput(bound(port), objects, renderer)))
      return made
    },
  }
}

/** `inputs.2` comes before `inputs.10`. */
const boundInputs = (inputs: StageTask['inputs'], port: string): BoundInput[] =>
  Object.entries(inputs)
    .filter(([name]) => name.startsWith(`${port}.`))
    .sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
    .map(([name, { kind }]) => ({ name, kind, label: name.slice(port.length + 1).replace('.', '/') }))

function wholeInput(input: TaskInput, objects: Pick<Objects, 'read'>): WholeInput {
  if (input.type !== 'whole') throw new Error(`Internal error: ${input.kind} comes per item`)
  const read = (): Uint8Array => {
    const bytes = objects.read(input.digest)
    checkArtifact(input.kind, bytes)
    return bytes
  }
  return { kind: input.kind, digest: input.digest, read: () => Promise.resolve().then(read) }
}

function itemsInput(input: TaskInput, objects: Pick<Objects, 'read'>, renderer: Renderer): ItemsInput {
  if (input.type !== 'items') throw new Error(`Internal error: ${input.kind} does not come per item`)
  const rows = new Map<TaskItem, TaskRow>()
  const items = input.items.map((row) => {
    const item = toItem(row)
    rows.set(item, row)
    return item
  })
  const rowOf = (item: TaskItem): TaskRow => {
    const row = rows.get(item)
    if (row === undefined) throw new Error(`Internal error: item ${item.digest} is not of this port`)
    return row
  }
  const checked = new Set<Digest>()
  const readItem = (digest: Digest): Uint8Array => {
    const bytes = objects.read(digest)
    if (!checked.has(digest)) checkArtifact(input.kind, bytes, { header: input.header })
    checked.add(digest)
    return bytes
  }
  return {
    kind: input.kind,
    header: input.header,
    items,
    has: (item) => rowOf(item).value !== undefined,
    read: (item) => Promise.resolve().then(() => readItem(requireValue(rowOf(item)))),
    render: (item): Promise<Pixels> => renderer.image(rowOf(item).image),
    renderMask: async (item): Promise<Pixels | undefined> => {
      const { mask } = rowOf(item)
      return mask && renderer.mask(mask)
    },
  }
}

function toItem(row: TaskRow): TaskItem {
  return {
    digest: row.image.digest,
    recipe: row.image,
    copy: row.copy,
    split: row.split,
    columns: row.columns,
    ...(row.mask && { mask: row.mask }),
  }
}

function requireValue(row: TaskRow): Digest {
  if (row.value === undefined) throw new Error(`Internal error: no value of item ${row.image.digest}`)
  return row.value
}
