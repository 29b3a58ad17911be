import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { plural } from '../base/format.ts'
import { encodePng } from '../imaging/encode.ts'
import { planParts } from '../imaging/synthetic/catalogue.ts'
import { renderPart } from '../imaging/synthetic/render.ts'
import type { Benchmark } from './benchmark.ts'
import { type CommandRun, endOf, peakText, runCommand, withProject } from './command.ts'
import { milliseconds } from './comparison.ts'

const SIZE = 64 // px
const IMAGES = { train: 900, testGood: 50, testDefective: 50 }
const COUNT = IMAGES.train + IMAGES.testGood + IMAGES.testDefective
const HELP_BUDGET_MS = 150

const FOLDER_ARGS = ['folder', '--set=params.data=data', `--set=extract.size=${SIZE}`, '--set=sample.grid=8']

/** Runs that find nothing to do: of the quickstart, and of a folder of 1000 images. Beside them the cheapest command. */
export const noOp: Benchmark = async ({ rounds = 10, tell }) => {
  const rows = await withProject(async (root) => {
    tell(`help: ${plural(rounds, 'run')}`)
    const help = await repeat(rounds, () => runCommand(root, ['--help']))
    tell(`writing ${COUNT} images`)
    await writeImages(join(root, 'data'))
    return [
      [
        'pipeline --help',
        milliseconds(help.map((run) => run.firstOutputMs)),
        '',
        milliseconds(help.map((run) => run.wallMs)),
        `${HELP_BUDGET_MS} ms to the first output`,
        peakText(help),
      ],
      await again({ what: 'quickstart', root, args: ['quickstart'], rounds, tell }),
      await again({ what: `folder of ${COUNT} images`, root, args: FOLDER_ARGS, rounds, tell }),
    ]
  })
  return {
    caption:
      `Specs whose results are all there, run again; ${COUNT} images of ${SIZE} px. ${plural(rounds, 'run')}: medians, with the ` +
      'least in brackets.',
    columns: ['what', 'first output, ms', 'the run itself, ms', 'the process, ms', 'budget', 'peak memory, MB'],
    rows,
  }
}

interface Again {
  readonly what: string
  readonly root: string
  readonly args: readonly string[]
  readonly rounds: number
  readonly tell: (text: string) => void
}

/** Computes everything once, then measures runs that reuse it. */
async function again({ what, root, args, rounds, tell }: Again): Promise<string[]> {
  const run = (): Promise<CommandRun> => runCommand(root, ['run', ...args, '--ui', 'json'])
  tell(`${what}: computing it once`)
  await run()
  tell(`${what}: ${plural(rounds, 'run')} with nothing to do`)
  const runs = await repeat(rounds, run)
  if (runs.some((each) => (endOf(each).counts.done ?? 0) > 0)) throw new Error(`${what} computed something again`)
  return [
    what,
    milliseconds(runs.map((each) => each.firstOutputMs)),
    milliseconds(runs.map((each) => endOf(each).wallMs)),
    milliseconds(runs.map((each) => each.wallMs)),
    '',
    peakText(runs),
  ]
}

async function repeat(times: number, run: () => Promise<CommandRun>): Promise<CommandRun[]> {
  const runs: CommandRun[] = []
  for (let i = 0; i < times; i++) runs.push(await run())
  return runs
}

async function writeImages(folder: string): Promise<void> {
  for (const { scene, id, mask } of planParts({ seed: 'bench', size: SIZE, zooms: [0], poses: 1, ...IMAGES })) {
    const rendered = renderPart(scene)
    const files = [[id, rendered.image] as const, ...(mask === undefined ? [] : [[mask, rendered.mask] as const])]
    for (const [path, raster] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), await encodePng(raster))
    }
  }
}
