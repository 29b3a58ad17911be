import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

const CHANNELS = 832
const LATENT = 260
const CELLS = 28_900 // the 170 x 170 grid
const ROUNDS = 7
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

/**
 * Compares one DFR training step (28,900 cells x 832, d = 260: forward, gradients, Adam) with PyTorch in turns, so that
 * other load on the machine meets all alike. `venv`: a Python environment with torch; made at .pipeline/bench-venv if absent.
 */
export async function run({ venv = process.env['BENCH_VENV'] ?? '.pipeline/bench-venv' } = {}): Promise<void> {
  const python = pythonWithTorch(venv)
  const sizes = [CHANNELS, LATENT, CELLS].map(String)
  const torch = (form: string): string[] => [python, resolve('bench/dfr-step-torch.py'), ...sizes, form]
  const ours = [process.execPath, join(import.meta.dirname, 'dfr-step-flawline.js'), ...sizes]
  const contenders: Contender[] = [
    { name: 'flawline', command: ours, tuned: false },
    { name: 'flawline, malloc tuned', command: ours, tuned: true },
    { name: 'PyTorch conv', command: torch('conv'), tuned: false },
    { name: 'PyTorch conv, malloc tuned', command: torch('conv'), tuned: true },
    { name: 'PyTorch conv channels_last, malloc tuned', command: torch('channels_last'), tuned: true },
    { name: 'PyTorch linear, malloc tuned', command: torch('linear'), tuned: true },
  ]
  const peers = []
  for (const contender of contenders) peers.push(await startPeer(contender))
  const times = peers.map((): number[] => [])
  for (let round = -1; round < ROUNDS; round++)
    for (const [i, peer] of peers.entries()) {
      await pause(SETTLE_MS)
      const elapsed = await peer.step()
      if (round >= 0) times[i].push(elapsed) // the first round warms up
    }
  for (const peer of peers) peer.stop()
  report(contenders, times)
}

function pythonWithTorch(venv: string): string {
  const python = resolve(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(python)) {
    must(spawnSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' }).status, 'making a virtual environment')
    must(
      spawnSync(python, ['-m', 'pip', 'install', '--quiet', 'torch'], { stdio: 'inherit' }).status,
      'installing torch',
    )
  }
  return python
}

function must(status: number | null, doing: string): void {
  if (status !== 0) throw new Error(`${doing} failed`)
}

interface Peer {
  /** Milliseconds of one step, as the peer measures them. */
  step(): Promise<number>
  stop(): void
}

async function startPeer({ command, tuned }: Contender): Promise<Peer> {
  const [file, ...args] = command
  const env = { ...process.env, ...(tuned && MALLOC) }
  const child: ChildProcess = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env })
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('the peer has no pipes')
  const lines: Interface = createInterface({ input: stdout })
  const next = lines[Symbol.asyncIterator]()
  await next.next() // ready
  return {
    async step() {
      stdin.write('step\n')
      const line = await next.next()
      if (line.done === true) throw new Error(`${command.join(' ')} ended`)
      return Number(line.value.split(' ')[0])
    },
    stop: () => stdin.end(),
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** Ratios are taken within each round, against the tuned form of PyTorch that is fastest on this machine. */
function report(contenders: readonly Contender[], times: readonly number[][]): void {
  const tunedTorch = contenders.flatMap(({ name, tuned }, i) => (tuned && name.startsWith('PyTorch') ? [i] : []))
  const reference = tunedTorch.reduce((best, i) => (median(times[i]) < median(times[best]) ? i : best))
  console.log(`DFR training step, ${CELLS} cells x ${CHANNELS}, d = ${LATENT}, ${ROUNDS} interleaved rounds`)
  console.log(`${'ms'.padEnd(42)}     min  median  ratio to ${contenders[reference].name}`)
  for (const [i, { name }] of contenders.entries()) {
    const ratios = times[i].map((ms, round) => ms / times[reference][round])
    const cells = [Math.min(...times[i]), median(times[i])].map((ms) => ms.toFixed(0).padStart(7))
    console.log(`${name.padEnd(42)} ${cells.join(' ')}  ${median(ratios).toFixed(2)}`)
  }
}
