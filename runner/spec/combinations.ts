import { quoteValue } from '../select/parse-selector.ts'
import type { Cell } from '../events.ts'
import { type AxisValue, cellsOf, type Matrix, type MatrixCell } from './matrix.ts'

/** One combination of the values of some axes, with the first cell that has it. */
export interface Combination {
  readonly cell: MatrixCell
  /** Number of that cell. */
  readonly at: number
  /** `variance=0.90,lr=1e-3`; empty without axes. */
  readonly label: string
  readonly variant: Cell
}

/** The distinct combinations of some axes, in the order of the cells, and which one each cell has. */
export interface Combinations {
  readonly all: readonly Combination[]
  readonly of: readonly number[]
}

/** Combinations of any axes of a matrix, each set of axes looked at once. */
export class CombinationTable {
  readonly #matrix: Matrix
  readonly #known = new Map<string, Combinations>()

  constructor(matrix: Matrix) {
    this.#matrix = matrix
  }

  of(axes: readonly string[]): Combinations {
    const name = axes.join('\0')
    const known = this.#known.get(name) ?? combine(cellsOf(this.#matrix), axes)
    this.#known.set(name, known)
    return known
  }
}

function combine(cells: readonly MatrixCell[], axes: readonly string[]): Combinations {
  let of: readonly number[] = cells.map(() => 0)
  for (const axis of axes) of = refined(of, cells, axis)
  const all: Combination[] = []
  for (const [at, number] of of.entries()) if (number === all.length) all.push(combination(cells[at], at, axes))
  return { all, of }
}

/** Splits classes of cells by the value of one more axis; classes are numbered as they come up. */
function refined(of: readonly number[], cells: readonly MatrixCell[], axis: string): readonly number[] {
  const values = new Map<string, number>()
  const numbers = new Map<number, number>()
  return of.map((before, i) => {
    const identity = cells[i].get(axis)?.identity ?? ''
    const value = values.get(identity) ?? values.size
    values.set(identity, value)
    const pair = before * cells.length + value
    const number = numbers.get(pair) ?? numbers.size
    numbers.set(pair, number)
    return number
  })
}

function combination(cell: MatrixCell, at: number, axes: readonly string[]): Combination {
  const values = axes.map((axis): [string, AxisValue] => [axis, cell.get(axis)!])
  return {
    cell,
    at,
    label: values.map(([axis, { label }]) => `${axis}=${quoteValue(label)}`).join(','),
    variant: Object.fromEntries(values.map(([axis, { plain }]) => [axis, plain])),
  }
}
