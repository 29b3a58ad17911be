import { type Item, picture } from '../../artifacts/items.ts'
import { digestValue } from '../../base/digest.ts'
import { seededRandom } from '../../base/random.ts'
import type { ListContext, ListKind, ListResult } from '../../stages/stage.ts'
import { withDefaults } from './image-folder.ts'

/** An item whose content is named by `content`, its id where left out. */
export function item(id: string, more: Partial<Item> & { readonly content?: string } = {}): Item {
  const { content = id, ...rest } = more
  const image = picture({ type: 'file', digest: digestValue('test', content) })
  return { id, copy: 0, image, split: 'train', label: 'ok', fields: {}, ...rest }
}

/** Runs a list stage with settings as a spec gives them. */
export function listItems(
  kind: ListKind,
  items: readonly Item[],
  settings: Record<string, unknown> = {},
  seed = 7,
): ListResult {
  const context: ListContext<Record<string, unknown>> = {
    settings: withDefaults(kind, settings),
    draw: (...parts) => seededRandom(seed, kind.kind, ...parts),
  }
  return kind.list(items, context)
}
