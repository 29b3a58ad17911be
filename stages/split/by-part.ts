import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { type Item, sourceDigest } from '../../artifacts/items.ts'
import { plural } from '../../base/format.ts'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import { defineList, type ListContext, type ListResult, type StageDiagnostic } from '../stage.ts'
import { groupOf, uniteEqualImages } from './groups.ts'

const settings = Type.Object(
  {
    held_out: Type.Number({
      description: 'Share of the groups of training images that set the thresholds and are never trained on',
      default: 0.2,
      minimum: 0,
      maximum: 0.9,
      'x-unit': 'share of groups',
      'x-thesis': 0,
    }),
    group_by: Type.Optional(
      Type.String({
        description: 'Field whose values keep images together where no part is known, such as the time of a capture',
        minLength: 1,
      }),
    ),
  },
  { additionalProperties: false },
)

type Settings = Static<typeof settings>

/**
 * Carves `held_out` out of the training images; folders have fixed what is training and what is test. Images of one
 * part, else of one value of `group_by`, stay together, and so do equal ones. The groups are ranked by a draw of their
 * own, so a new image moves no other one, and a new group at most one.
 */
export const splitByPart = defineList({
  kind: 'split/by-part',
  version: 1,
  summary: 'holds out training images for thresholds, whole parts at a time',
  settings,
  ports: { images: { accepts: ['images'], columns: ['part'] } },
  gives: ['images'],
  draws: true,
  list,
})

function list(items: readonly Item[], context: ListContext<Settings>): ListResult {
  const { held_out: share, group_by: groupBy } = context.settings
  const training = items.filter(({ split }) => split === 'train')
  const groups = uniteEqualImages(training, groupBy)
  const names = [...new Set(groups.values())]
  const wanted = share === 0 ? 0 : Math.max(1, Math.round(share * names.length))
  const count = Math.min(wanted, Math.max(0, names.length - 1))
  const ranks = new Map(names.map((name) => [name, context.draw('held-out', name).next()]))
  const ranked = names.sort((a, b) => ranks.get(a)! - ranks.get(b)! || (a < b ? -1 : 1))
  const heldOut = new Set(ranked.slice(0, count))
  return {
    items: items.flatMap((item): Item[] => {
      const group = item.split === 'train' ? groups.get(sourceDigest(item.image.source)) : undefined
      if (group === undefined || !heldOut.has(group)) return [item]
      // Thresholds are for images as the camera gives them: copies stay out.
      return item.copy === 0 ? [{ ...item, split: 'held_out' }] : []
    }),
    diagnostics: [
      ...unknownField(items, groupBy),
      ...splitByImage(training, groupBy),
      ...nothingHeldOut(training, count, share),
      ...onBothSides(items, groupBy),
    ],
  }
}

/** E104: no item has the field, and some need it. */
function unknownField(items: readonly Item[], groupBy: string | undefined): StageDiagnostic[] {
  if (groupBy === undefined || items.length === 0) return []
  if (items.every(({ part }) => part !== undefined) || items.some(({ fields }) => Object.hasOwn(fields, groupBy)))
    return []
  const names = [...new Set(items.flatMap(({ fields }) => Object.keys(fields)))].sort()
  const near = nearestNames(groupBy, names)
  const asked = near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''
  return [
    {
      code: 'E104',
      severity: 'error',
      message: `unknown field ${sanitize(groupBy)} in group_by`,
      help: [names.length > 0 ? `${asked}Fields: ${names.join(', ')}` : 'name it in fields of the acquiring stage'],
      setting: 'group_by',
    },
  ]
}

function splitByImage(training: readonly Item[], groupBy: string | undefined): StageDiagnostic[] {
  const alone = training.filter((item) => item.copy === 0 && groupOf(item, groupBy) === undefined)
  if (alone.length === 0) return []
  const all = alone.length === training.filter(({ copy }) => copy === 0).length
  return [
    {
      code: 'W222',
      severity: 'warning',
      message: `no part known${all ? '' : ` for ${plural(alone.length, 'training image')}`}: split by image`,
      help: [
        'views of one part may stand on both sides: name {part} in fields of the acquiring stage, or set group_by',
      ],
      setting: 'group_by',
    },
  ]
}

function nothingHeldOut(training: readonly Item[], count: number, share: number): StageDiagnostic[] {
  if (count > 0 || training.length === 0) return []
  return [
    {
      code: 'W223',
      severity: 'warning',
      message: share === 0 ? 'nothing held out, no verdicts' : 'one group alone: nothing held out, no verdicts',
      help: [
        share === 0
          ? 'set held_out to 0.2, so that thresholds can be set on good images that were not trained on'
          : 'add images of another part, or group them by something finer',
      ],
      setting: 'held_out',
    },
  ]
}

function onBothSides(items: readonly Item[], groupBy: string | undefined): StageDiagnostic[] {
  const sides = { train: new Set<string>(), test: new Set<string>() }
  for (const item of items) {
    const group = groupOf(item, groupBy)
    if (group === undefined) continue
    sides[item.split === 'test' ? 'test' : 'train'].add(
      group.type === 'part' ? group.name : `${group.type} ${group.name}`,
    )
  }
  const both = [...sides.train].filter((name) => sides.test.has(name)).sort()
  if (both.length === 0) return []
  const shown = both.slice(0, 5).map(sanitize).join(', ')
  return [
    {
      code: 'W221',
      severity: 'warning',
      message: `${plural(both.length, 'part')} in training and test: ${shown}${both.length > 5 ? ', ...' : ''}`,
      help: ['the verdict is about parts that were partly seen; move all images of a part to one side'],
      setting: 'group_by',
    },
  ]
}
