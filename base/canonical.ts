/**
 * Canonical, type-tagged JSON: equal values give equal text whatever their key order, and values of different
 * types never collide (`1` and `"1"`, a missing key and `null`). Undefined members are left out. It is the
 * pre-image of every key.
 */
export function canonicalJson(value: unknown): string {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'boolean':
      return String(value)
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`Internal error: ${value} has no canonical form`)
      return String(Object.is(value, -0) ? 0 : value)
    case 'object':
      return Array.isArray(value) ? `[${value.map(canonicalJson).join(',')}]` : canonicalObject(value)
    default:
      throw new Error(`Internal error: a ${typeof value} has no canonical form`)
  }
}

function canonicalObject(value: object): string {
  const members = value as Readonly<Record<string, unknown>>
  let text = ''
  for (const name of Object.keys(members).sort()) {
    const member = members[name]
    if (member !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}
