import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import { FAULTS } from './dag/faults.ts'
import { installPeers, versionsOf } from './dag/install.ts'
import { layOut } from './dag/project.ts'
import { slowDag } from './dag/shapes.ts'
import { shellPipeline } from './dag/tools/pipeline.ts'
import { withFolder } from './temporary.ts'

const PEERS = new Set(['dvc', 'snakemake', 'turbo'])

/** The same faults done to the runner and to the peers that keep results or a state of their own. */
export const peersFaults: Benchmark = ({ tell }) => {
  const tools = [shellPipeline(), ...installPeers(tell).filter(({ name }) => PEERS.has(name))]
  const dag = slowDag()
  return withFolder(async (root) => {
    const rows: string[][] = []
    for (const [i, { what, inflict }] of FAULTS.entries()) {
      const cells: string[] = []
      for (const [j, tool] of tools.entries()) {
        tell(`${what}: ${tool.name}`)
        const folder = join(root, `${i}-${j}`)
        mkdirSync(folder)
        layOut(folder, dag)
        tool.describe(folder, dag)
        cells.push(await inflict({ tool, folder, dag }))
      }
      rows.push([what, ...cells])
    }
    return {
      caption:
        `${dag.steps.length} steps. After each fault the same command is given once more, and what it leaves is compared ` +
        'with what a run in a fresh folder leaves. right: the same bytes, and no manual step; WRONG: other bytes, and exit ' +
        `code 0. ${versionsOf(tools)}.`,
      columns: ['fault', ...tools.map(({ name }) => name)],
      rows,
    }
  })
}
