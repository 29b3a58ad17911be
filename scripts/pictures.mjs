// Takes the pictures of the README from a run of the quickstart: node scripts/pictures.mjs. Needs tmux and Chromium.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import sharp from 'sharp'

const ROOT = join(import.meta.dirname, '..')
const COMMAND = join(ROOT, 'bin/pipeline.js')
const [COLUMNS, ROWS] = [92, 26]
const COLOURS = { 31: '#ef6b6b', 32: '#7cc47f', 33: '#d9b650', 35: '#c58af0', 36: '#5bc0d4' }

const project = mkdtempSync(join(tmpdir(), 'flawline-'))
try {
  mkdirSync(join(project, 'pipelines'))
  cpSync(join(ROOT, 'pipelines/quickstart.yaml'), join(project, 'pipelines/quickstart.yaml'))
  const screen = await runInTerminal()
  const report = execFileSync(process.execPath, [COMMAND, 'report'], { cwd: project, encoding: 'utf8' }).trim()
  const terminal = join(project, 'terminal.html')
  writeFileSync(terminal, terminalPage(screen))
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const page = await browser.newPage({ viewport: { width: 1160, height: 900 }, deviceScaleFactor: 1.2 })
  await page.goto(`file://${terminal}`)
  await keep('terminal', await page.locator('pre').screenshot())
  await page.goto(`file://${join(project, report)}`)
  await page.evaluate("document.getElementById('images').scrollIntoView()")
  await keep('report', await page.screenshot())
  await browser.close()
} finally {
  rmSync(project, { recursive: true, force: true })
}

/** What stands on a terminal after a run. */
async function runInTerminal() {
  const tmux = (...args) => execFileSync('tmux', ['-L', 'flawline-pictures', ...args], { encoding: 'utf8' })
  const run = `cd ${project} && clear && ${process.execPath} ${COMMAND} run quickstart; sleep 60`
  tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    '-x',
    String(COLUMNS),
    '-y',
    String(ROWS),
    'env',
    '-u',
    'CI',
    'sh',
    '-c',
    run,
  )
  try {
    for (let i = 0; i < 300; i++) {
      await wait(400)
      const now = tmux('capture-pane', '-p', '-e')
      if (/^ Run\s+[0-9a-f]{4}/m.test(now)) return now
    }
    throw new Error('the quickstart did not end within two minutes')
  } finally {
    spawnSync('tmux', ['-L', 'flawline-pictures', 'kill-server'])
  }
}

/** The text of a terminal with its colours. */
function terminalPage(screen) {
  const escaped = screen.replace(/&/g, '&amp;').replace(/</g, '&lt;').trimEnd()
  const coloured = escaped.replace(/\x1b\[([\d;]*)m/g, (_, codes) => {
    const style = codes
      .split(';')
      .flatMap((code) => (COLOURS[code] ? `color:${COLOURS[code]}` : code === '2' ? 'opacity:.6' : []))
    return `</span><span style="${style.join(';')}">`
  })
  return `<meta charset="utf-8"><style>pre { display: inline-block; margin: 0; padding: 18px 22px; border-radius: 10px;
    background: #16181c; color: #d8dade; font: 14px/1.4 "DejaVu Sans Mono", monospace; }</style><pre><span>${coloured}</span></pre>`
}

async function keep(name, png) {
  await sharp(png)
    .png({ palette: true, colours: 128, compressionLevel: 9 })
    .toFile(join(ROOT, `docs/${name}.png`))
  process.stdout.write(`docs/${name}.png\n`)
}
