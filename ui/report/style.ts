/** What the report needs beyond the look of `ui/page/style.ts`. */
export const REPORT_STYLE = `
nav { position: sticky; top: 0; z-index: 2; background: var(--paper); border-bottom: 1px solid var(--line); margin: 20px -24px 0; padding: 8px 24px; font-size: 13.5px; }
nav a { color: var(--soft); text-decoration: none; margin-right: 18px; white-space: nowrap; }
nav a:hover, nav a:focus-visible { color: var(--ink); }
section { scroll-margin-top: 48px; }
main a { color: var(--accent); }
svg .label { fill: var(--ink); stroke: var(--paper); stroke-width: 4px; paint-order: stroke; }
.result { display: inline-block; font-size: 13px; font-weight: 650; letter-spacing: .04em; border: 1px solid currentcolor; border-radius: 5px; padding: 2px 9px; margin-bottom: 12px; }
.problems h2 { margin-top: 32px; }
caption { text-align: left; color: var(--soft); font-size: 12.5px; padding-bottom: 4px; }
th[scope=row], tbody th { font-weight: 400; color: var(--ink); font-size: 14px; white-space: nowrap; }
.gates { max-width: 560px; margin-top: 26px; }
.facts th { padding-right: 28px; color: var(--soft); }
code, pre { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
code { overflow-wrap: anywhere; }
pre { background: var(--wash); border-radius: 8px; padding: 14px 16px; overflow: auto; max-height: 480px; }
details { margin: 10px 0; }
details summary { margin-top: 0; color: var(--ink); }
.try input[type=range] { width: 100%; margin: 2px 0; display: block; accent-color: var(--bad); }
.try label { font-size: 13px; color: var(--soft); }
.tried { max-width: 560px; }
#limit-line { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
#training svg { max-width: 600px; }
.span { position: relative; display: block; width: 260px; height: 10px; background: var(--wash); border-radius: 3px; }
.span i { position: absolute; top: 0; bottom: 0; background: var(--accent); border-radius: 3px; }
.controls { display: flex; flex-wrap: wrap; gap: 8px 22px; align-items: center; font-size: 13.5px; margin: 4px 0 16px; }
.controls[hidden] { display: none; }
select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(230px, 100%), 1fr)); gap: 14px; }
.card { padding: 0; border-radius: 10px; overflow: hidden; text-align: left; break-inside: avoid; display: block; }
.card[hidden] { display: none; }
.card .words { display: block; padding: 9px 12px 11px; font-size: 13px; line-height: 1.45; }
.file { overflow-wrap: anywhere; }
.stack { position: relative; display: block; background: var(--wash); }
.stack img { display: block; width: 100%; height: auto; }
.stack img + img { position: absolute; inset: 0; height: 100%; }
.heat { opacity: var(--heat, .6); }
.without-predicted .predicted, .without-truth .truth { visibility: hidden; }
.key { font-weight: 600; } .key.predicted { color: #0072b2; } .key.truth { color: #007a48; }
dialog { width: min(94vw, 1100px); max-height: 96vh; border: 1px solid var(--line); border-radius: 12px; background: var(--card); color: var(--ink); padding: 16px 18px; }
dialog::backdrop { background: rgb(0 0 0 / .55); }
dialog .stage { overflow: auto; max-height: 68vh; text-align: center; }
dialog .zoomed { position: relative; display: inline-block; width: calc(min(62vh, 100%) * var(--zoom, 1)); image-rendering: auto; }
dialog .zoomed .over { background: none; position: absolute; inset: 0; clip-path: inset(0 0 0 var(--divider, 0%)); }
dialog .zoomed .over img:first-child { visibility: hidden; }
dialog .bar { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; margin-top: 12px; }
kbd { font: inherit; border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; }
.sortable th button { border: 0; padding: 0; background: none; color: inherit; font-weight: inherit; }
.sortable th[aria-sort=ascending] button::after { content: ' ↑'; } .sortable th[aria-sort=descending] button::after { content: ' ↓'; }
.small-charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 20px 28px; }
@media (prefers-color-scheme: dark) { .key.predicted { color: #56a8e0; } .key.truth { color: #35d08f; } }
@media print { nav, .controls, .try { display: none; } .cards { grid-template-columns: repeat(3, 1fr); } details > * { display: none; } }
`
