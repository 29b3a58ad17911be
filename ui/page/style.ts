/** The look of the page: light and dark, wide and narrow, on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fbfbf9; --card: #ffffff; --ink: #1c1e21; --soft: #5f6670; --line: #e3e4e0;
  --good: #1f7a8c; --bad: #c2410c; --close: #a16207; --accent: #3b3f8f; --wash: #f1f2ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131518; --card: #1b1e22; --ink: #e7e8ea; --soft: #9aa1ab; --line: #2c3036;
    --good: #5bc0d4; --bad: #f4854a; --close: #e0b341; --accent: #a5a9f5; --wash: #22262b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1120px; margin: 0 auto; padding: 48px 24px 80px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 56px 0 14px; letter-spacing: -0.005em; }
h3 { font-size: 13px; font-weight: 600; margin: 0 0 8px; color: var(--soft); }
p { margin: 6px 0; max-width: 74ch; }
.soft { color: var(--soft); }
.variant { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 13px; color: var(--soft); }
.lead { font-size: 17px; margin-top: 18px; }
.good { color: var(--good); } .bad { color: var(--bad); } .close { color: var(--close); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; margin-top: 26px; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px 12px; }
.tile b { display: block; font-size: 28px; font-weight: 600; line-height: 1.25; letter-spacing: -0.02em; }
.tile span { color: var(--soft); font-size: 13px; }
table + p, .scroll + p { margin-top: 12px; }
.warning { border-left: 3px solid var(--close); background: var(--wash); padding: 8px 14px; margin: 10px 0; border-radius: 0 6px 6px 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 28px 36px; align-items: start; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12.5px; }
th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
th.number, td.number { text-align: right; white-space: nowrap; }
td small { color: var(--soft); }
tr:last-child td { border-bottom: 0; }
.matrix td, .matrix th { text-align: center; padding: 12px 10px; border: 1px solid var(--line); }
.matrix td b { font-size: 20px; font-weight: 600; display: block; line-height: 1.2; }
.matrix .right { background: color-mix(in srgb, var(--good) 12%, transparent); }
.matrix .wrong { background: color-mix(in srgb, var(--bad) 14%, transparent); }
.matrix .between { background: color-mix(in srgb, var(--close) 14%, transparent); }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
svg text { fill: var(--soft); }
.meter { display: inline-block; vertical-align: middle; width: 120px; height: 6px; border-radius: 3px; background: var(--wash); position: relative; overflow: hidden; }
.meter i { position: absolute; inset: 0 auto 0 0; background: var(--soft); border-radius: 3px; }
.meter i.model { background: var(--accent); }
.scale { max-width: 520px; margin: 4px 0 22px; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); gap: 16px; }
.shot { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; break-inside: avoid; }
.shot .pictures { display: grid; grid-template-columns: 2fr 1fr; grid-template-rows: 1fr 1fr; gap: 2px; background: var(--line); aspect-ratio: 3 / 2; }
.shot .pictures :first-child { grid-row: span 2; }
.shot a { display: block; min-height: 0; min-width: 0; }
.shot img { width: 100%; height: 100%; object-fit: cover; display: block; background: var(--wash); }
.shot div.words { padding: 9px 12px 11px; font-size: 13px; line-height: 1.45; }
.shot .file { overflow-wrap: anywhere; }
.badge { font-weight: 600; }
details summary { cursor: pointer; color: var(--soft); margin-top: 16px; }
footer { margin-top: 64px; color: var(--soft); font-size: 13px; }
@media print { body { background: #fff; } main { padding: 0; } }
`
