import { createHash } from 'node:crypto'
import { Html, html, scriptElement } from '../page/html.ts'
import { STYLE } from '../page/style.ts'
import { REPORT_STYLE } from './style.ts'

interface Shell {
  readonly title: string
  readonly body: Html
  /** The only script that may run in it. */
  readonly program: string
}

/** A whole page that needs no other file: look and program inside, and a policy against everything from outside. */
export function shell({ title, body, program }: Shell): string {
  const digest = createHash('sha256').update(program).digest('base64')
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${new Html(STYLE + REPORT_STYLE)}</style></head>
<body><main>
${body}
</main>${scriptElement(program)}</body></html>
`.text
}
