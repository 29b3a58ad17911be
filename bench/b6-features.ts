import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { closedFormulaCheckpoint } from './closed-formula-checkpoint.ts'

const SIZE = 512 // px
const ROUNDS = 9
const SETTLE_MS = 300 // idle threads of the former process stop spinning

/** glibc keeps freed memory instead of returning it page by page: what a tuned PyTorch installation sets. */
const MALLOC = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_TOP_PAD_: '268435456',
}

interface Contender {
  readonly name: string
  readonly command: readonly string[]
  readonly tuned: boolean
}

/** Milliseconds and peak megabytes of each round. */
interface Rounds {
  readonly name: string
  readonly ms: number[]
  peakMb: number
}

const REFERENCE = 'PyTorch folded, channels_last, malloc tuned'

/**
 * Compares the features of one 512 x 512 image (EfficientNet-B6, stages 1..6, float16 out) with torchvision in turns, so
 * that other load on the machine meets all alike. Needs an interpreter with torch and torchvision; without one, ours alone.
 */
export async function run({
  python = process.env['BENCH_PYTHON'],
}: {
  python?: string | undefined
} = {}): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flawline-bench-'))
  try {
    const checkpoint = join(folder, 'b6.pth')
    writeFileSync(checkpoint, closedFormulaCheckpoint('efficientnet-b6')) // both sides run the same weights
    report(await race(contenders(checkpoint, python)))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function contenders(checkpoint: string, python: string | undefined): Contender[] {
  const ours = [process.execPath, join(import.meta.dirname, 'b6-features-flawline.js'), checkpoint, String(SIZE)]
  const mine = [
    { name: 'flawline', command: ours, tuned: false },
    { name: 'flawline, malloc tuned', command: ours, tuned: true },
  ]
  if (python === undefined) return mine
  const torch = (form: string): string[] => [
    python,
    resolve('bench/peers/b6_features.py'),
    checkpoint,
    String(SIZE),
    form,
  ]
  return [
    ...mine,
    { name: 'PyTorch plain', command: torch('plain'), tuned: false },
    { name: REFERENCE, command: torch('tuned'), tuned: true },
  ]
}

async function race(entrants: readonly Contender[]): Promise<Rounds[]> {
  const peers = []
  for (const entrant of entrants) peers.push(await startPeer(entrant))
  const results = entrants.map(({ name }): Rounds => ({ name, ms: [], peakMb: 0 }))
  for (let round = -1; round < ROUNDS; round++)
    for (const [i, peer] of peers.entries()) {
      await pause(SETTLE_MS)
      const [ms, peakMb] = await peer.step()
      if (round >= 0) results[i].ms.push(ms) // the first round warms up
      results[i].peakMb = peakMb
    }
  for (const peer of peers) peer.stop()
  return results
}

async function startPeer({ command, tuned }: Contender): Promise<{ step(): Promise<number[]>; stop(): void }> {
  const [file, ...args] = command
  const { stdin, stdout } = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...(tuned && MALLOC) },
  })
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]()
  await lines.next() // ready
  return {
    async step() {
      stdin.write('step\n')
      const line = await lines.next()
      if (line.done === true) throw new Error(`${command.join(' ')} ended`)
      return line.value.split(' ').map(Number)
    },
    stop: () => stdin.end(),
  }
}

function report(results: readonly Rounds[]): void {
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
  const reference = results.find(({ name }) => name === REFERENCE)
  console.log(`EfficientNet-B6, stages 1..6, one ${SIZE} x ${SIZE} image, ${ROUNDS} interleaved rounds`)
  console.log(`${'ms'.padEnd(44)}     min  median  peak MB  ratio to tuned PyTorch (median of rounds)`)
  for (const { name, ms, peakMb } of results) {
    const cells = [Math.min(...ms), median(ms)].map((value) => value.toFixed(0).padStart(7)).join(' ')
    const ratio =
      reference === undefined ? '-' : median(ms.map((value, round) => value / reference.ms[round])).toFixed(2)
    console.log(`${name.padEnd(44)} ${cells} ${peakMb.toFixed(0).padStart(8)}  ${ratio}`)
  }
}
