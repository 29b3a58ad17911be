import { CST, Lexer } from 'yaml'

/** A spec needs about eight levels. The parser is recursive and dies of a few thousand, so they are counted before it runs. */
const MAX_DEPTH = 64

/** Where a text nests deeper than any spec does, judged from its tokens alone. */
export function nestingFault(
  text: string,
): { readonly message: string; readonly start: number; readonly end: number; readonly help: string } | undefined {
  const columns: number[] = []
  let [flow, colons, offset, lineStart, lineBegins] = [0, 0, 0, 0, true]
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token)
    if (type === 'doc-mode' || type === 'flow-error-end' || token === CST.SCALAR) continue
    const opens = type === 'flow-map-start' || type === 'flow-seq-start'
    const separates = opens || type === 'comma' || type === 'flow-map-end' || type === 'flow-seq-end'
    if (opens) flow++
    else if (separates && type !== 'comma') flow = Math.max(0, flow - 1)
    if (type === 'map-value-ind') colons++
    else if (separates) colons = 0
    const indicator = type === 'seq-item-ind' || type === 'explicit-key-ind'
    if (indicator || (lineBegins && type !== 'space' && type !== 'newline' && type !== 'comment')) {
      const column = offset - lineStart
      while (columns.length > 0 && columns[columns.length - 1] >= column) columns.pop()
      columns.push(column)
      lineBegins = false
    }
    if (columns.length + flow + colons > MAX_DEPTH) {
      const help = 'a spec needs about eight levels; look for brackets that are never closed'
      return { message: `nested more than ${MAX_DEPTH} levels deep`, start: offset, end: offset + 1, help }
    }
    offset += token.length
    if (type === 'newline' || token.includes('\n')) {
      lineStart = offset - (token.length - 1 - token.lastIndexOf('\n'))
      lineBegins = true
      colons = 0
    }
  }
  return undefined
}
