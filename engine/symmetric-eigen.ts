export interface SymmetricEigen {
  /** Eigenvalues, largest first. */
  readonly values: Float64Array
  /** Row-major n x n; column k (`vectors[i * n + k]`) is the unit eigenvector of `values[k]`. */
  readonly vectors: Float64Array
}

const MAX_SWEEPS = 60 // LAPACK dsteqr allows 30 per eigenvalue; never reached on finite input

/**
 * All eigenvalues and eigenvectors of a symmetric n x n matrix (row-major, only the lower triangle is read).
 * Householder tridiagonalisation, then implicit QL with Wilkinson shifts (Golub, Van Loan, Matrix Computations, 8.3).
 * Deterministic: the entry of largest magnitude of each vector is positive (the first one on ties).
 * Throws RangeError when the matrix is not of size n * n or holds a value that is not finite.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  if (matrix.length !== n * n) throw new RangeError(`matrix holds ${matrix.length} values, expected ${n} x ${n}`)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      if (!Number.isFinite(matrix[i * n + j])) throw new RangeError(`matrix entry (${i}, ${j}) is not finite`)
  const diagonal = new Float64Array(n)
  const offDiagonal = new Float64Array(n)
  const q = tridiagonalize(matrix.slice(), n, diagonal, offDiagonal)
  diagonalize(diagonal, offDiagonal, q, n)
  return sorted(diagonal, q, n)
}

/** A = Q T Q'; fills the diagonal and the off-diagonal (entry i couples i and i + 1) of T and returns Q. */
function tridiagonalize(a: Float64Array, n: number, diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const reflectors = new Float64Array(n * n) // row k: v of step k, in columns k + 1 .. n - 1
  const scales = new Float64Array(n) // H_k = I - scale v v'
  const v = new Float64Array(n)
  const w = new Float64Array(n)
  for (let k = 0; k < n - 1; k++) {
    diagonal[k] = a[k * n + k]
    const scale = reflector(a, n, k, v, offDiagonal)
    scales[k] = scale
    if (scale === 0) continue
    reflectors.set(v.subarray(k + 1), k * n + k + 1)
    symmetricProduct(a, n, k + 1, v, w)
    let dot = 0
    for (let i = k + 1; i < n; i++) dot += w[i] * v[i]
    const half = 0.5 * scale * scale * dot
    for (let i = k + 1; i < n; i++) w[i] = scale * w[i] - half * v[i]
    for (let i = k + 1; i < n; i++) {
      const row = i * n
      const vi = v[i]
      const wi = w[i]
      for (let j = k + 1; j <= i; j++) a[row + j] -= vi * w[j] + wi * v[j]
    }
  }
  if (n > 0) diagonal[n - 1] = a[n * n - 1]
  return accumulate(reflectors, scales, n)
}

/** The Householder vector that maps column k below the diagonal to one entry; returns its scale (0: nothing to do). */
function reflector(a: Float64Array, n: number, k: number, v: Float64Array, offDiagonal: Float64Array): number {
  let largest = 0
  for (let i = k + 2; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + k]))
  const first = a[(k + 1) * n + k]
  offDiagonal[k] = first
  if (largest === 0) return 0
  largest = Math.max(largest, Math.abs(first))
  let sum = 0
  for (let i = k + 1; i < n; i++) {
    v[i] = a[i * n + k] / largest
    sum += v[i] * v[i]
  }
  const norm = Math.sqrt(sum)
  const alpha = v[k + 1] > 0 ? -norm : norm
  offDiagonal[k] = alpha * largest
  v[k + 1] -= alpha
  return 1 / (norm * Math.abs(v[k + 1]))
}

/** out = A v on rows and columns from `start`, reading the lower triangle once, row by row. */
function symmetricProduct(a: Float64Array, n: number, start: number, v: Float64Array, out: Float64Array): void {
  out.fill(0, start)
  for (let i = start; i < n; i++) {
    const row = i * n
    const vi = v[i]
    let sum = 0
    for (let j = start; j < i; j++) {
      const entry = a[row + j]
      sum += entry * v[j]
      out[j] += entry * vi
    }
    out[i] += sum + a[row + i] * vi
  }
}

/** Q = H_0 H_1 ... H_(n-2), built from the last reflector so that only the trailing block is touched. */
function accumulate(reflectors: Float64Array, scales: Float64Array, n: number): Float64Array {
  const q = new Float64Array(n * n)
  for (let i = 0; i < n; i++) q[i * n + i] = 1
  const projection = new Float64Array(n)
  for (let k = n - 2; k >= 0; k--) {
    if (scales[k] === 0) continue
    projection.fill(0, k + 1)
    for (let i = k + 1; i < n; i++) {
      const vi = reflectors[k * n + i]
      const row = i * n
      for (let j = k + 1; j < n; j++) projection[j] += vi * q[row + j]
    }
    for (let i = k + 1; i < n; i++) {
      const factor = scales[k] * reflectors[k * n + i]
      const row = i * n
      for (let j = k + 1; j < n; j++) q[row + j] -= factor * projection[j]
    }
  }
  return q
}

/** Implicit QL on the tridiagonal matrix; each sweep's rotations are kept and applied to Q at once. */
function diagonalize(d: Float64Array, e: Float64Array, q: Float64Array, n: number): void {
  const cosines = new Float64Array(n)
  const sines = new Float64Array(n)
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * (Math.abs(d[m]) + Math.abs(d[m + 1]))) m++
      if (m === l) break
      if (sweep === MAX_SWEEPS) throw new Error('eigenvalues did not converge')
      let g = (d[l + 1] - d[l]) / (2 * e[l])
      g = d[m] - d[l] + e[l] / (g + (g < 0 ? -1 : 1) * Math.hypot(g, 1))
      let s = 1
      let c = 1
      let p = 0
      let i = m - 1
      for (; i >= l; i--) {
        const f = s * e[i]
        const b = c * e[i]
        const r = Math.hypot(f, g)
        e[i + 1] = r
        if (r === 0) break
        s = f / r
        c = g / r
        g = d[i + 1] - p
        const t = (d[i] - g) * s + 2 * c * b
        p = s * t
        d[i + 1] = g + p
        g = c * t - b
        cosines[i] = c
        sines[i] = s
      }
      rotate(q, n, i + 1, m, cosines, sines)
      if (i >= l) {
        d[i + 1] -= p
        e[m] = 0
        continue
      }
      d[l] -= p
      e[l] = g
      e[m] = 0
    }
  }
}

/** Applies the rotations of planes (i, i + 1), i = to - 1 down to `from`, to the columns of Q: four rows at a time, the shared column in registers. */
function rotate(
  q: Float64Array,
  n: number,
  from: number,
  to: number,
  cosines: Float64Array,
  sines: Float64Array,
): void {
  let row = 0
  for (; row + 3 < n; row += 4) {
    const a = row * n
    const b = a + n
    const c = b + n
    const d = c + n
    let high0 = q[a + to]
    let high1 = q[b + to]
    let high2 = q[c + to]
    let high3 = q[d + to]
    for (let i = to - 1; i >= from; i--) {
      const cos = cosines[i]
      const sin = sines[i]
      const low0 = q[a + i]
      const low1 = q[b + i]
      const low2 = q[c + i]
      const low3 = q[d + i]
      q[a + i + 1] = sin * low0 + cos * high0
      q[b + i + 1] = sin * low1 + cos * high1
      q[c + i + 1] = sin * low2 + cos * high2
      q[d + i + 1] = sin * low3 + cos * high3
      high0 = cos * low0 - sin * high0
      high1 = cos * low1 - sin * high1
      high2 = cos * low2 - sin * high2
      high3 = cos * low3 - sin * high3
    }
    q[a + from] = high0
    q[b + from] = high1
    q[c + from] = high2
    q[d + from] = high3
  }
  for (; row < n; row++) {
    const a = row * n
    let high = q[a + to]
    for (let i = to - 1; i >= from; i--) {
      const low = q[a + i]
      q[a + i + 1] = sines[i] * low + cosines[i] * high
      high = cosines[i] * low - sines[i] * high
    }
    q[a + from] = high
  }
}

function sorted(d: Float64Array, q: Float64Array, n: number): SymmetricEigen {
  const order = Array.from(d.keys()).sort((i, j) => d[j] - d[i] || i - j)
  const values = new Float64Array(n)
  const vectors = new Float64Array(n * n)
  order.forEach((source, k) => {
    values[k] = d[source]
    let peak = 0
    for (let i = 1; i < n; i++) if (Math.abs(q[i * n + source]) > Math.abs(q[peak * n + source])) peak = i
    const sign = q[peak * n + source] < 0 ? -1 : 1
    for (let i = 0; i < n; i++) vectors[i * n + k] = sign * q[i * n + source]
  })
  return { values, vectors }
}
