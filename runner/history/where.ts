import { Failure } from '../../base/diagnostic.ts'
import { nearestNames } from '../../base/nearest.ts'
import { sanitize } from '../../base/sanitize.ts'
import type { RunSummary } from './summarize.ts'

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
}

/**
 * Reads `image_auroc>=0.9`: a metric of the best variant against a number, or `result=failed`. Runs without the metric do not
 * fit. Throws E001 with the nearest of `metrics`.
 */
export function parseWhere(text: string, metrics: readonly string[]): (run: RunSummary) => boolean {
  const match = /^\s*([a-z0-9_]+)\s*(>=|<=|>|<|=)\s*(\S+)\s*$/.exec(text)
  if (match === null)
    throw new Failure('E001', `--where cannot read "${sanitize(text)}"`, {
      help: ["write a metric, a comparison and a number: --where 'image_auroc>=0.9'"],
    })
  const [, name, comparison, limit] = match
  if (name === 'result' && comparison === '=') return ({ result }) => result === limit
  if (!metrics.includes(name)) {
    const near = nearestNames(name, [...metrics, 'result'])
    const meant = near.length === 0 ? '' : `did you mean ${near.join(', ')}? `
    throw new Failure('E001', `--where knows no metric ${name}`, {
      help: [`${meant}Known: ${metrics.join(', ')}; and result=WORD`],
    })
  }
  const number = Number(limit)
  if (Number.isNaN(number))
    throw new Failure('E001', `--where needs a number after ${comparison}, found "${sanitize(limit)}"`)
  return ({ metrics: found = {} }) => {
    const value = Object.hasOwn(found, name) ? found[name].value : null
    return value !== null && COMPARISONS[comparison](value, number)
  }
}
