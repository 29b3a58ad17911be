import { createRequire } from 'node:module'

type Measure = (text: string) => number

const require = createRequire(import.meta.url)
let measure: Measure | undefined

/** Columns a text takes in a terminal; ambiguous characters count 1, colour codes 0. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  measure ??= loadMeasure() // takes longer than planning a hundred stages
  return measure(text)
}

const loadMeasure = (): Measure => (require('string-width') as { readonly default: Measure }).default

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text
}

/** Cuts uncoloured text to `width` columns, with `…` where something was lost. Never wraps. */
export function cutEnd(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text
  if (width <= 0) return ''
  let kept = ''
  let used = displayWidth(ellipsis)
  for (const character of text) {
    used += displayWidth(character)
    if (used > width) break
    kept += character
  }
  return kept + ellipsis
}

/** Cuts in the middle and keeps the last axis value: `train@varia…,lr=3e-3`. */
export function cutMiddle(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text
  const comma = Math.max(text.lastIndexOf(','), text.lastIndexOf('@'))
  const tail =
    comma > 0 && displayWidth(text.slice(comma)) <= width - 4 ? text.slice(comma) : text.slice(-Math.floor(width / 2))
  const head = cutEnd(text, width - displayWidth(tail), ellipsis)
  return head.endsWith(ellipsis) ? head + tail : cutEnd(text, width, ellipsis)
}

/** Parts stand two spaces apart; where they do not fit a line, the rest goes below. */
export function brokenAt(text: string, width: number): string[] {
  const lines: string[] = []
  for (const part of text.split(/ {2,}/)) {
    const last = lines.at(-1)
    if (last !== undefined && displayWidth(last) + 2 + displayWidth(part) <= width)
      lines[lines.length - 1] = `${last}  ${part}`
    else lines.push(part)
  }
  return lines
}
