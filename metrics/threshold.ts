/** A threshold from held-out good items, with what it promises. */
export interface ConformalThreshold {
  /** NOK if score > threshold. */
  readonly threshold: number
  /** The threshold is the k-th smallest held-out score. */
  readonly k: number
  /** Held-out scores. */
  readonly n: number
  /** A new good item is called NOK with at most this probability, (n + 1 - k) / (n + 1). */
  readonly bound: number
  /** Whether n suffices for the asked rate, n >= 1 / rate - 1; else the threshold is the highest held-out score. */
  readonly enough: boolean
}

/** Two limits: OK up to `close`, CLOSE up to `nok`, NOK above. `close` is null where there is no CLOSE zone. */
export interface Limits {
  readonly close: number | null
  readonly nok: number
}

export type State = 'OK' | 'CLOSE' | 'NOK'

const ROUNDING = 1e-9 // (n + 1) * rate, e.g. 100 * 0.29, may fall just short of a whole number

/**
 * Split-conformal threshold at a false-reject rate in (0, 1): k = ceil((n + 1)(1 - rate)), the k-th smallest of the
 * held-out good scores (Vovk et al. 2005; exchangeable items assumed, so one score per part where parts have several
 * views). Null without held-out scores: then there is no verdict.
 */
export function conformalThreshold(heldOut: ArrayLike<number>, rate: number): ConformalThreshold | null {
  if (!(rate > 0 && rate < 1)) throw new Error(`a false-reject rate lies between 0 and 1, not ${rate}`)
  const n = heldOut.length
  if (n === 0) return null
  const rejected = Math.min(n, Math.floor((n + 1) * rate + ROUNDING))
  const enough = rejected >= 1
  const k = enough ? n + 1 - rejected : n
  const threshold = Float64Array.from(heldOut).sort()[k - 1]
  return { threshold, k, n, bound: (n + 1 - k) / (n + 1), enough }
}

/**
 * Both limits at two false-reject rates, `rates.close` > `rates.nok`. Where the held-out scores do not suffice for the NOK
 * rate, its limit is the highest of them and the CLOSE zone is dropped. Null without held-out scores.
 */
export function conformalLimits(
  heldOut: ArrayLike<number>,
  rates: { close: number; nok: number },
):
  | (Limits & { readonly from: { readonly close: ConformalThreshold | null; readonly nok: ConformalThreshold } })
  | null {
  const nok = conformalThreshold(heldOut, rates.nok)
  if (nok === null) return null
  const close = nok.enough ? conformalThreshold(heldOut, rates.close) : null
  return { close: close?.threshold ?? null, nok: nok.threshold, from: { close, nok } }
}

/** OK if score <= close, CLOSE if close < score <= nok, NOK above. */
export function decide(score: number, limits: Limits): State {
  if (score > limits.nok) return 'NOK'
  return limits.close !== null && score > limits.close ? 'CLOSE' : 'OK'
}

/**
 * Conformal p-value (1 + #{held-out >= score}) / (n + 1), in (0, 1]: small means anomalous. It is <= rate exactly when the
 * score is above `conformalThreshold(heldOut, rate)`, where n suffices for the rate.
 */
export function pValue(score: number, heldOut: ArrayLike<number>): number {
  let atLeast = 1
  for (let i = 0; i < heldOut.length; i++) if (heldOut[i] >= score) atLeast++
  return atLeast / (heldOut.length + 1)
}
