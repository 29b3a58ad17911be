import { writeFileSync } from 'node:fs'
import { readTensors } from '../../artifacts/safetensors.ts'
import type { ItemsInput, TaskItem } from '../stage.ts'
import type { Place } from './lay-out-input.ts'

/**
 * A per-item artifact as a folder: `index.csv` with a row an item, its files and the columns that are read; images as
 * PNG files of 8 bits, masks beside them, pictures as the PNG files they are, features and scores as safetensors. What
 * the producing stage says of all of them is `header.json`.
 */
export async function layOutItems(folder: string, input: ItemsInput, { placeOf, reads }: Place): Promise<void> {
  const columns = reads.filter((column) => column !== 'mask')
  const rows: string[][] = [['file', ...(reads.includes('mask') ? ['mask'] : []), ...columns]]
  for (const item of input.items) {
    const stem = `${item.digest.slice(0, 16)}-${item.copy}`
    if (input.kind !== 'images' && !input.has(item)) continue
    const file = await writeItem(`${folder}/${stem}`, item, input, placeOf)
    const mask = reads.includes('mask') ? [await writeMask(`${folder}/${stem}.mask.png`, item, input, placeOf)] : []
    rows.push([base(file), ...mask.map(base), ...columns.map((column) => columnText(item, column))])
  }
  writeFileSync(placeOf(`${folder}/index.csv`), rows.map((row) => `${row.map(csvField).join(',')}\n`).join(''))
  if (input.header !== null) writeFileSync(placeOf(`${folder}/header.json`), JSON.stringify(input.header))
}

async function writeItem(path: string, item: TaskItem, input: ItemsInput, placeOf: Place['placeOf']): Promise<string> {
  if (input.kind === 'images') {
    const { encodePng } = await import('../../imaging/encode.ts')
    writeFileSync(placeOf(`${path}.png`), await encodePng(await input.render(item)))
    return `${path}.png`
  }
  const bytes = await input.read(item)
  if (input.kind !== 'pictures') {
    writeFileSync(placeOf(`${path}.safetensors`), bytes)
    return `${path}.safetensors`
  }
  for (const [name, { data }] of readTensors(bytes).tensors) writeFileSync(placeOf(`${path}/${name}.png`), data)
  return path
}

/** An item without a mask has an empty field. */
async function writeMask(path: string, item: TaskItem, input: ItemsInput, placeOf: Place['placeOf']): Promise<string> {
  const mask = await input.renderMask(item)
  if (mask === undefined) return ''
  const { encodePng } = await import('../../imaging/encode.ts')
  writeFileSync(placeOf(path), await encodePng(mask))
  return path
}

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function columnText(item: TaskItem, column: Place['reads'][number]): string {
  if (column === 'split') return item.split
  const value = item.columns[column as keyof TaskItem['columns']]
  return typeof value === 'string' ? value : ''
}

/** RFC 4180. */
const csvField = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
