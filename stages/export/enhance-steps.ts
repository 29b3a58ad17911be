import type { RecipeStep } from '../../artifacts/items.ts'
import { canonicalJson } from '../../base/canonical.ts'
import { Failure } from '../../base/diagnostic.ts'
import type { TaskItem } from '../stage.ts'

/**
 * The steps that every test image went through before the resize: what whoever runs the bundle must do first. Without
 * test images those of the held-out ones. E604 where images differ: no one list would fit them.
 */
export function sharedSteps(items: readonly TaskItem[]): readonly RecipeStep[] {
  const tested = items.filter(({ split }) => split === 'test')
  const [first, ...others] = tested.length > 0 ? tested : items
  if ((first as TaskItem | undefined) === undefined) return []
  const steps = canonicalJson(first.recipe.operations)
  const different = others.find(({ recipe }) => canonicalJson(recipe.operations) !== steps)
  if (different !== undefined) {
    throw new Failure(
      'E604',
      `test images are enhanced in different ways, so no one bundle fits them: ${named(first)} and ${named(different)}`,
      { help: ['enhance all test images alike, or none'] },
    )
  }
  return first.recipe.operations
}

/** Whether held-out images, where limits come from, were treated like test images. */
export const heldOutDiffer = (items: readonly TaskItem[], steps: readonly RecipeStep[]): boolean =>
  items.some(({ split, recipe }) => split === 'held_out' && canonicalJson(recipe.operations) !== canonicalJson(steps))

const named = ({ recipe }: TaskItem): string =>
  recipe.operations.length === 0 ? 'as it is' : recipe.operations.map(({ op }) => op).join(', ')
