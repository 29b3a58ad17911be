/** Ends every switch over a union: adding a case makes the compiler list the switches that must learn it. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected ${JSON.stringify(value)}`)
}
