/**
 * A pattern over POSIX paths: `*` and `?` within a name, `**` over any number of folders, `[a-z]`, `{a,b}`. Names that
 * begin with a dot are matched only by a pattern that writes the dot, as in a shell.
 */
export interface Glob {
  readonly pattern: string
  /** The folders at its head that hold no wildcard: where a search may start. */
  readonly base: string
  /** Whether it has no wildcard at all. */
  readonly literal: boolean
  matches(path: string): boolean
  /** Whether something below this folder may match. */
  enters(folder: string): boolean
}

export function parseGlob(pattern: string): Glob {
  const parts = pattern.split('/')
  const wild = parts.findIndex((part) => /[*?[{]/.test(part))
  const whole = new RegExp(`^${parts.map((part, i) => partSource(part, i === parts.length - 1)).join('')}$`, 'u')
  const names = parts.map((part) => (part === '**' ? undefined : new RegExp(`^${nameSource(part)}$`, 'u')))
  return {
    pattern,
    literal: wild === -1,
    base: parts.slice(0, wild === -1 ? -1 : wild).join('/'),
    matches: (path) => whole.test(path),
    enters: (folder) => enters(folder.split('/'), names),
  }
}

function enters(folder: readonly string[], names: readonly (RegExp | undefined)[]): boolean {
  for (const [i, name] of folder.entries()) {
    if (i >= names.length - 1 && !names.includes(undefined)) return false
    const wanted = names[i]
    if (wanted === undefined) {
      const rest = names.slice(i)
      return folder.slice(i).every((each) => !each.startsWith('.') || rest.some((regex) => regex?.test(each)))
    }
    if (!wanted.test(name)) return false
  }
  return true
}

/** One part with its slash, as the source of a regular expression. */
function partSource(part: string, last: boolean): string {
  if (part === '**') return last ? '(?:(?!\\.)[^/]+/)*(?!\\.)[^/]+' : '(?:(?!\\.)[^/]+/)*'
  return nameSource(part) + (last ? '' : '/')
}

const nameSource = (part: string): string => (/^[*?[]/.test(part) ? '(?!\\.)' : '') + tokensSource(part)

const tokensSource = (part: string): string =>
  part.replace(/\*+|\?|\[!?[^\]/]+\]|\{[^{}/]*\}|[\s\S]/gu, (token) => {
    if (token.startsWith('*')) return '[^/]*'
    if (token === '?') return '[^/]'
    if (token.length > 2 && token.startsWith('[')) return setSource(token)
    if (token.length > 1 && token.startsWith('{'))
      return `(?:${token.slice(1, -1).split(',').map(tokensSource).join('|')})`
    return token.replace(/[\\^$.*+?()[\]{}|/]/u, '\\$&')
  })

const setSource = (token: string): string => {
  const negated = token.startsWith('[!')
  const members = token.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/gu, '\\$&')
  return `[${negated ? '^/' : ''}${members}]`
}
