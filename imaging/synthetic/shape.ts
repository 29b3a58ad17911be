import { glyphText } from './glyphs.ts'

/** Outlines in part units (1 = half the part's length). `ring` keeps a band of that half width along the edge. */
export type Shape =
  | {
      readonly kind: 'bar'
      readonly x0: number
      readonly y0: number
      readonly x1: number
      readonly y1: number
      readonly radius: number
    }
  | { readonly kind: 'disc'; readonly x: number; readonly y: number; readonly radius: number; readonly ring?: number }
  | {
      readonly kind: 'box'
      readonly x: number
      readonly y: number
      readonly halfX: number
      readonly halfY: number
      readonly corner: number
      readonly ring?: number
    }
  | { readonly kind: 'text'; readonly x: number; readonly y: number; readonly text: string; readonly cell: number }

export const disc = (x: number, y: number, radius: number, ring?: number): Shape =>
  ring === undefined ? { kind: 'disc', x, y, radius } : { kind: 'disc', x, y, radius, ring }

export function box(x: number, y: number, halfX: number, halfY: number, corner: number, ring?: number): Shape {
  const shape = { kind: 'box' as const, x, y, halfX, halfY, corner }
  return ring === undefined ? shape : { ...shape, ring }
}

export const text = (x: number, y: number, cell: number, line: string): Shape => ({
  kind: 'text',
  x,
  y,
  cell,
  text: line,
})

/** A point of the part to its signed distance from an outline: negative inside. */
type Distance = (x: number, y: number) => number

export interface Bounds {
  readonly x: number
  readonly y: number
  readonly halfX: number
  readonly halfY: number
}

export function distanceTo(shape: Shape): Distance {
  switch (shape.kind) {
    case 'bar':
      return fromBar(shape)
    case 'disc': {
      const { x: cx, y: cy, radius, ring } = shape
      if (ring === undefined) return (x, y) => Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - radius
      return (x, y) => Math.abs(Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - radius) - ring
    }
    case 'box':
      return fromBox(shape)
    case 'text':
      return glyphText(shape)
  }
}

function fromBar({ x0, y0, x1, y1, radius }: Extract<Shape, { kind: 'bar' }>): Distance {
  const dx = x1 - x0
  const dy = y1 - y0
  const scale = 1 / (dx * dx + dy * dy)
  return (x, y) => {
    let t = ((x - x0) * dx + (y - y0) * dy) * scale
    t = t < 0 ? 0 : t > 1 ? 1 : t
    const ex = x - x0 - t * dx
    const ey = y - y0 - t * dy
    return Math.sqrt(ex * ex + ey * ey) - radius
  }
}

function fromBox({ x: cx, y: cy, halfX, halfY, corner, ring }: Extract<Shape, { kind: 'box' }>): Distance {
  const innerX = halfX - corner
  const innerY = halfY - corner
  const distance: Distance = (x, y) => {
    const ex = Math.abs(x - cx) - innerX
    const ey = Math.abs(y - cy) - innerY
    if (ex > 0 && ey > 0) return Math.sqrt(ex * ex + ey * ey) - corner
    return (ex > ey ? ex : ey) - corner
  }
  return ring === undefined ? distance : (x, y) => Math.abs(distance(x, y)) - ring
}

/** The rectangle outside of which the distance is positive. */
export function boundsOf(shape: Shape): Bounds {
  switch (shape.kind) {
    case 'bar':
      return {
        x: (shape.x0 + shape.x1) / 2,
        y: (shape.y0 + shape.y1) / 2,
        halfX: Math.abs(shape.x1 - shape.x0) / 2 + shape.radius,
        halfY: Math.abs(shape.y1 - shape.y0) / 2 + shape.radius,
      }
    case 'disc': {
      const reach = shape.radius + (shape.ring ?? 0)
      return { x: shape.x, y: shape.y, halfX: reach, halfY: reach }
    }
    case 'box': {
      const ring = shape.ring ?? 0
      return { x: shape.x, y: shape.y, halfX: shape.halfX + ring, halfY: shape.halfY + ring }
    }
    case 'text':
      return { x: shape.x, y: shape.y, halfX: 3 * shape.text.length * shape.cell, halfY: 4.5 * shape.cell }
  }
}
