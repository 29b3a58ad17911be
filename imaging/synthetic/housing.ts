import type { Feature } from './feature.ts'
import { box, disc, type Shape } from './shape.ts'

/** The four quarters of the plate: signs of x and y. */
const QUARTERS = [
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
] as const

/** The plate with its recessed panel, the rim, and the ring round the grille. */
export function plate(): Feature[] {
  return [
    { site: 'plate', shape: box(0, 0, 1, 0.76, 0.2), mode: 'raise', level: 0, fillet: 0.06, shows: 'body' },
    { site: 'plate', shape: box(0, 0, 0.9, 0.66, 0.12), mode: 'cut', level: -0.035, fillet: 0.03 },
    { site: 'rim', shape: box(0, 0, 0.935, 0.695, 0.135, 0.016), mode: 'raise', level: 0.03, fillet: 0.016 },
    { site: 'ring', shape: disc(0, 0, 0.52, 0.045), mode: 'raise', level: 0.045, fillet: 0.045 },
  ]
}

/** Stiffening ribs between the ring and the rim, as end points in the quarter x > 0, y > 0. */
const RIBS = [
  [0.55, 0.13, 0.9, 0.13],
  [0.52, 0.26, 0.9, 0.26],
  [0.45, 0.36, 0.68, 0.545],
  [0.15, 0.555, 0.15, 0.66],
  [0, 0.57, 0, 0.66],
] as const

export function ribs(): Feature[] {
  return QUARTERS.flatMap(([turnX, turnY], quarter) =>
    RIBS.flatMap(([x0, y0, x1, y1], number): Feature[] => {
      // A rib on the axis would be its own mirror image.
      if (x0 === 0 && turnX < 0) return []
      const radius = 0.016
      const shape: Shape = { kind: 'bar', x0: x0 * turnX, y0: y0 * turnY, x1: x1 * turnX, y1: y1 * turnY, radius }
      return [{ site: `rib ${number}.${quarter}`, shape, mode: 'raise', level: 0.012, fillet: radius }]
    }),
  )
}

/** Screw bosses in the corners: collar, seat and hole. */
export function bosses(wander: () => number): Feature[] {
  return QUARTERS.flatMap(([turnX, turnY], quarter): Feature[] => {
    const x = 0.775 * turnX + wander()
    const y = 0.535 * turnY + wander()
    const site = `boss ${quarter}`
    return [
      { site, shape: disc(x, y, 0.1), mode: 'raise', level: 0.05, fillet: 0.03 },
      { site, shape: disc(x, y, 0.06), mode: 'cut', level: 0.02, fillet: 0.01 },
      { site, shape: disc(x, y, 0.04), mode: 'cut', level: -0.13, fillet: 0.012 },
    ]
  })
}

/** Snap-fit clips on the long sides, each with its slot. */
export function clips(): Feature[] {
  const places = [-0.55, 0, 0.55].flatMap((x) => [
    { x, turn: 1 },
    { x, turn: -1 },
  ])
  return places.flatMap(({ x, turn }, number): Feature[] => {
    const site = `clip ${number}`
    return [
      {
        site,
        shape: box(x, 0.8 * turn, 0.085, 0.09, 0.025),
        mode: 'raise',
        level: -0.02,
        fillet: 0.025,
        shows: 'body',
      },
      { site, shape: box(x, 0.825 * turn, 0.05, 0.028, 0.01), mode: 'cut', level: -0.13, fillet: 0.012 },
    ]
  })
}
