import { sanitize } from '../../base/sanitize.ts'

/** Text that is markup already. Only `html` and `raw` make it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type HtmlValue = Html | string | number | null | undefined | readonly HtmlValue[]

/** The one tag all pages are written with: every value is escaped unless it came out of this tag itself. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((text, i) => (i === 0 ? text : markup(values[i - 1]) + text)).join(''))
}

function markup(value: HtmlValue): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(markup).join('')
  return escape(String(value))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe in text and in quoted attributes; control characters are shown, not obeyed. */
const escape = (text: string): string => sanitize(text).replace(/[&<>"']/g, (character) => ENTITIES[character])

/** A value as indented JSON, line by line. */
export const preformatted = (value: unknown): Html =>
  html`<pre tabindex="0">${JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => html`${line}${new Html('\n')}`)}</pre>`

/** A script element that is run, or, with an id, data that a script of the page reads. What it holds must not end it. */
export function scriptElement(text: string, dataId?: string): Html {
  const attributes = dataId === undefined ? '' : ` type="application/json" id="${dataId}"`
  return new Html(`<script${attributes}>${text.replaceAll('</', '<\\/')}</script>`)
}

/** A relative path as a URL: safe in `src` and `href`, and never another scheme. */
export const relativeUrl = (path: string): string => `./${path.split('/').map(encodeURIComponent).join('/')}`
