/** A 5 x 7 font of the marks on the part: seven rows of five bits, the leftmost px is 16. */
const FONT: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 6, 8, 16, 31],
  '3': [14, 17, 1, 6, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '5': [31, 16, 30, 1, 1, 17, 14],
  '6': [6, 8, 16, 30, 17, 17, 14],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  A: [14, 17, 17, 31, 17, 17, 17],
  C: [14, 17, 16, 16, 16, 17, 14],
  F: [31, 16, 16, 30, 16, 16, 16],
  G: [14, 17, 16, 23, 17, 17, 15],
  L: [16, 16, 16, 16, 16, 16, 31],
  P: [30, 17, 17, 30, 16, 16, 16],
  V: [17, 17, 17, 17, 17, 10, 4],
  W: [17, 17, 17, 21, 21, 27, 17],
  '-': [0, 0, 0, 31, 0, 0, 0],
  '>': [16, 8, 4, 2, 4, 8, 16],
  '<': [1, 2, 4, 8, 4, 2, 1],
  ' ': [0, 0, 0, 0, 0, 0, 0],
}
const COLUMNS = 6
const ROWS = 7
/** Level of the interpolated bitmap at which a stroke ends: below a half, so that thin strokes stay joined. */
const EDGE = 0.42

/** Signed distance (rough, in part units) from the strokes of a line of text centred on (x, y); `cell` is one font px. */
export function glyphText(line: {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly cell: number
}) {
  const width = line.text.length * COLUMNS + 1
  const height = ROWS + 2
  const bits = new Float32Array(width * height)
  for (let at = 0; at < line.text.length; at++) {
    const letter = line.text[at]
    const glyph = FONT[letter] as readonly number[] | undefined
    if (glyph === undefined) throw new RangeError(`the font has no "${letter}"`)
    for (const [row, pattern] of glyph.entries()) {
      for (let column = 0; column < 5; column++) {
        if ((pattern >> (4 - column)) & 1) bits[(row + 1) * width + at * COLUMNS + column + 1] = 1
      }
    }
  }
  const left = line.x - (width * line.cell) / 2
  const top = line.y - (height * line.cell) / 2
  return (x: number, y: number): number => {
    const u = (x - left) / line.cell - 0.5
    const v = (y - top) / line.cell - 0.5
    const column = Math.floor(u)
    const row = Math.floor(v)
    if (column < 0 || row < 0 || column >= width - 1 || row >= height - 1) return line.cell
    const fu = u - column
    const fv = v - row
    const at = row * width + column
    const upper = bits[at] + (bits[at + 1] - bits[at]) * fu
    const lower = bits[at + width] + (bits[at + width + 1] - bits[at + width]) * fu
    return (EDGE - (upper + (lower - upper) * fv)) * line.cell
  }
}
