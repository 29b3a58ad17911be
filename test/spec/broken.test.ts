import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSpec } from '../../runner/spec/load.ts'
import { printDiagnostics } from '../../ui/diagnostics.ts'
import { KINDS } from './kinds.ts'

const EXPECTED = `pipelines/broken.yaml:6:20 error E112 unknown stage kind "enhance/clasic"
   6 |   enhance: { uses: enhance/clasic, needs: [acquire] }
     |                    ~~~~~~~~~~~~~~
  help  did you mean enhance/classic? "pipeline stages enhance" lists all
pipelines/broken.yaml:7:58 error E120 cycle: augment needs score, score needs extract, extract needs augment
   7 |   augment: { uses: augment/photometric, needs: [enhance, score], with: { copies: three } }
     |                                                          ~~~~~
  11 |   score:   { uses: score/top-k, needs: [extract, train] }
     |                                         ~~~~~~~  score needs extract
   8 |   extract: { uses: extract/efficientnet-b6, needs: [augment], with: { szie: 512 } }
     |                                                     ~~~~~~~  extract needs augment
  help  remove one of these three needs
pipelines/broken.yaml:7:82 error E105 augment.copies must be a whole number, found "three"
   7 |   augment: { uses: augment/photometric, needs: [enhance, score], with: { copies: three } }
     |                                                                                  ~~~~~
  help  write a number from 0 to 64, such as 3
pipelines/broken.yaml:8:71 error E104 unknown key szie in extract.with
   8 |   extract: { uses: extract/efficientnet-b6, needs: [augment], with: { szie: 512 } }
     |                                                                       ~~~~
  help  did you mean size? Known keys: chunk, filter, fit, normalize, padding, size, store, taps, weights
pipelines/broken.yaml:9:3 error E121 pca has no input: pca/streaming needs one stage that gives cells or features
   9 |   pca:     { uses: pca/streaming, with: { grid: 170, variance: "\${matrix.varience}" } }
     |   ~~~
  help  add needs: [extract], the only stage here that gives either
pipelines/broken.yaml:9:74 error E130 the matrix has no axis varience
   9 |   pca:     { uses: pca/streaming, with: { grid: 170, variance: "\${matrix.varience}" } }
     |                                                                          ~~~~~~~~
  help  did you mean variance? Axes: variance
6 errors in pipelines/broken.yaml`

test('broken.yaml shows all its faults at once, each at its place', async () => {
  const root = await mkdtemp(join(tmpdir(), 'flawline-broken-'))
  try {
    await mkdir(join(root, 'pipelines'))
    await cp(new URL('fixtures/broken.yaml', import.meta.url), join(root, 'pipelines/broken.yaml'))
    const loaded = await loadSpec({ path: join(root, 'pipelines/broken.yaml'), cwd: root, root, kinds: KINDS })
    if (loaded.ok) expect.unreachable('the spec is broken')
    else expect(printDiagnostics(loaded.diagnostics, loaded.sources, { columns: 120, color: false })).toBe(EXPECTED)
    expect(loaded.sources.get('pipelines/broken.yaml')).toBe(
      readFileSync(new URL('fixtures/broken.yaml', import.meta.url), 'utf8'),
    )
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
