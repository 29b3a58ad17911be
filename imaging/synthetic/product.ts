import { seededRandom } from '../../base/random.ts'
import type { Feature } from './feature.ts'
import { grille } from './grille.ts'
import { bosses, clips, plate, ribs } from './housing.ts'
import { disc, type Shape, text } from './shape.ts'
import { cosine, radians, sine } from './turn.ts'

/**
 * The steps of one moulded cap, in the order in which they are cut. All parts are one product; the cavity (1 to 4),
 * its mark, the date dial and some hundredths of a millimetre differ with (seed, part).
 */
export function productOf(seed: string, part: number): Feature[] {
  const random = seededRandom(seed, 'synthetic/mould', part)
  const cavity = 1 + random.below(4)
  const month = random.below(12)
  const wander = (): number => random.uniform(-0.002, 0.002)
  return [...plate(), ...grille(wander), ...ribs(), ...bosses(wander), ...clips(), ...marks(cavity, month)]
}

/** Material, part number with its cavity, maker, and the dial whose pointer shows the month. */
function marks(cavity: number, month: number): Feature[] {
  const emboss = (shape: Shape, level: number, fillet: number): Feature => ({
    site: 'mark',
    shape,
    mode: 'emboss',
    level,
    fillet,
  })
  const angle = radians(30 * month)
  const dialX = -0.735
  const tip = { x1: dialX + 0.055 * cosine(angle), y1: 0.055 * sine(angle) }
  return [
    emboss(text(0.4, -0.605, 0.0085, '>PP-GF30<'), 0.008, 0.006),
    emboss(text(-0.4, 0.605, 0.0085, `FL 7104 ${cavity}`), 0.008, 0.006),
    emboss(text(0, 0.115, 0.0085, 'FLAW'), 0.005, 0.006),
    emboss(text(0.735, 0, 0.012, `A${cavity}`), 0.008, 0.006),
    emboss(disc(dialX, 0, 0.085, 0.008), 0.012, 0.008),
    emboss({ kind: 'bar', x0: dialX, y0: 0, ...tip, radius: 0.009 }, 0.012, 0.009),
  ]
}
