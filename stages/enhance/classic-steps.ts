import type { RecipeStep } from '../../artifacts/items.ts'

export interface ClassicSettings {
  readonly clahe?: { readonly clip: number; readonly tiles: number }
  readonly gamma?: number
  readonly unsharp?: { readonly amount: number }
}

/** The thesis' values: the image gets more local contrast, darker (exponent 1/g = 1.25) and sharper. */
export const THESIS_ENHANCEMENT = { clahe: { clip: 0.8, tiles: 8 }, gamma: 0.8, unsharp: { amount: 2 } } as const

/** CLAHE, gamma, unsharp, in this order; a setting left out is a step not done. */
export const classicSteps = ({ clahe, gamma, unsharp }: ClassicSettings): RecipeStep[] => [
  ...(clahe === undefined ? [] : [{ op: 'clahe', version: 1, clip: clahe.clip, tiles: clahe.tiles }]),
  ...(gamma === undefined ? [] : [{ op: 'gamma', version: 1, g: gamma }]),
  ...(unsharp === undefined ? [] : [{ op: 'unsharp', version: 1, amount: unsharp.amount }]),
]
