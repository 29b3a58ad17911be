import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { type Item, picture, type RecipeStep, sourceDigest } from '../../artifacts/items.ts'
import { drawPhotometric } from '../../imaging/draw-photometric.ts'
import { classicSteps, THESIS_ENHANCEMENT } from '../enhance/classic-steps.ts'
import { defineList, type ListContext, type ListResult } from '../stage.ts'

const settings = Type.Object(
  {
    copies: Type.Integer({
      description: 'Copies of each training image, beside the original',
      default: 3,
      minimum: 0,
      maximum: 64,
      'x-unit': 'copies an image',
    }),
    preset: Type.Enum(['thesis', 'thesis-readme'], {
      description: "Probabilities and ranges: those of the thesis' code, or of its README (another blur)",
      default: 'thesis',
    }),
    rotate: Type.Enum(['exact', 'warp'], {
      description: "exact moves px; warp is the thesis' affine turn, which shifts by one px and leaves black edges",
      default: 'exact',
      'x-thesis': 'warp',
    }),
    enhanced_copy: Type.Optional(
      Type.Object(
        {
          share: Type.Number({
            description:
              'Share of the training images of which copy 1 is enhanced (CLAHE, gamma, unsharp) and not augmented',
            default: 0.15,
            minimum: 0,
            maximum: 1,
            'x-unit': 'share of images',
          }),
          pick: Type.Enum(['hash', 'listing'], {
            description: 'Which ones: drawn by content, or the first by name as in the thesis',
            default: 'hash',
          }),
        },
        {
          description: 'Enhanced copies among the training images',
          additionalProperties: false,
          'x-thesis': { share: 0.15, pick: 'listing' },
        },
      ),
    ),
  },
  { additionalProperties: false },
)

type Settings = Static<typeof settings>

/**
 * Augmented copies of training images, original first; held-out and test images pass untouched, masks follow every flip
 * and turn. Draws depend on (seed, source digest, copy) alone, so no image disturbs another one. Source: Hruška 2025.
 */
export const augmentPhotometric = defineList({
  kind: 'augment/photometric',
  version: 1,
  summary: 'copies of training images with other light, blur, noise, flips and turns',
  settings,
  ports: { images: { accepts: ['images'] } },
  gives: ['images'],
  draws: true,
  list,
})

function list(items: readonly Item[], context: ListContext<Settings>): ListResult {
  const originals = items.filter(isOriginal)
  const isEnhanced = pickEnhanced(originals, context)
  const firstCopy = nextCopies(items)
  return {
    items: items.flatMap((item) => {
      if (!isOriginal(item)) return [item]
      const first = firstCopy.get(item.id) ?? 1
      const copies = Array.from({ length: context.settings.copies }, (_, i) => first + i)
      return [
        item,
        ...copies.map((copy) =>
          copy === 1 && isEnhanced(item) ? enhancedCopy(item) : augmentedCopy(item, copy, context),
        ),
      ]
    }),
  }
}

const isOriginal = ({ split, copy }: Item): boolean => split === 'train' && copy === 0

/** Original id -> number of its first copy still free, where an earlier stage made some. */
function nextCopies(items: readonly Item[]): Map<string, number> {
  const next = new Map<string, number>()
  for (const { id, copy } of items) {
    if (copy === 0) continue
    const original = id.slice(0, -`#${copy}`.length)
    next.set(original, Math.max(next.get(original) ?? 1, copy + 1))
  }
  return next
}

function augmentedCopy(item: Item, copy: number, context: ListContext<Settings>): Item {
  const { preset, rotate } = context.settings
  const random = context.draw(sourceDigest(item.image.source), copy)
  const noiseSeed = String(random.below(2 ** 32))
  const steps = drawPhotometric(random, preset, rotate, noiseSeed)
  const { image, mask } = item
  return {
    ...item,
    id: `${item.id}#${copy}`,
    copy,
    image: picture(image.source, [...image.operations, ...steps]),
    // The whole recipe: what is no geometry leaves a mask as it is.
    ...(mask === undefined ? {} : { mask: picture(mask.source, [...mask.operations, ...steps]) }),
  }
}

const ENHANCED: readonly RecipeStep[] = classicSteps(THESIS_ENHANCEMENT)

function enhancedCopy(item: Item): Item {
  const { source, operations } = item.image
  return { ...item, id: `${item.id}#1`, copy: 1, image: picture(source, [...operations, ...ENHANCED]) }
}

/** By content, each image is drawn for itself, so their number varies about the share; by listing it is floor(share n). */
function pickEnhanced(originals: readonly Item[], context: ListContext<Settings>): (item: Item) => boolean {
  const { enhanced_copy } = context.settings
  if (enhanced_copy === undefined) return () => false
  const { share, pick } = enhanced_copy
  if (pick === 'hash') return ({ image }) => context.draw('enhanced', sourceDigest(image.source)).next() < share
  const listed = originals.map(({ id }) => Buffer.from(id)).sort((a, b) => Buffer.compare(a, b))
  const first = new Set(listed.slice(0, Math.floor(share * originals.length)).map(String))
  return ({ id }) => first.has(id)
}
