import { formatDuration } from '../../base/format.ts'
import type { RunDocument } from '../../runner/history/run-document.ts'
import { type Html, html, preformatted } from '../page/html.ts'

/** What it takes to get these figures again: spec, overrides, seed, engine, versions, commit, command. */
export function provenanceSection(document: RunDocument): Html {
  const { run, spec, overrides, protocol, seed, engine, cores, git, versions, started, wallMs, argv } = document
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['run', run],
    ['spec', spec.file ?? spec.path],
    ['digest of the spec', spec.digest],
    ['set for this run', overrides.join(' ') || undefined],
    ['protocol', protocol],
    ['seed', seed === undefined ? undefined : String(seed)],
    ['engine', engine && `${engine}, ${cores ?? '?'} cores`],
    ['commit', git === null ? undefined : `${git.commit}${git.dirty ? ', with changes' : ''}`],
    [
      'versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
    ['started', started],
    ['took', formatDuration(wallMs)],
    ['again', ['pipeline', ...argv].map(quoted).join(' ')],
  ]
  return html`<section id="provenance"><h2>Where these figures come from</h2><div class="scroll"><table class="facts"><tbody>${rows.flatMap(
    ([name, text]) => (text === undefined ? [] : [html`<tr><th>${name}</th><td><code>${text}</code></td></tr>`]),
  )}</tbody></table></div>
  ${spec.resolved === undefined ? null : html`<details><summary>The whole spec, as it was resolved</summary>${preformatted(spec.resolved)}</details>`}</section>`
}

/** A word as a shell takes it. */
const quoted = (word: string): string =>
  /^[A-Za-z0-9_./:=,@+~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
