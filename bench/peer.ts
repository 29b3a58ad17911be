import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import type { Request } from './benchmark.ts'

const SETTLE_MS = 300

/** A program that does one step for each line on its stdin and answers `MS PEAK_MB NOTE` (`answer.ts`, `peers/peer.py`). */
export interface Contender {
  readonly name: string
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Rounds {
  readonly name: string
  /** Of each round, as the program measured it; the same index is the same round of every contender. */
  readonly ms: readonly number[]
  readonly peakMb: number
  /** What the last step said of its result, such as a loss. */
  readonly note: string
}

export interface RaceRules extends Pick<Request, 'tell'> {
  readonly rounds: number
  /** Rounds before the first that counts. @default 1 */
  readonly warmUps?: number
  /** Rest before each turn, in which threads of the former process stop spinning. @default 300 */
  readonly settleMs?: number
}

/** Lets programs take turns (A B C A B C ...), so that other load on the machine meets all alike. */
export async function race(
  contenders: readonly Contender[],
  { rounds, warmUps = 1, settleMs = SETTLE_MS, tell }: RaceRules,
): Promise<Rounds[]> {
  const peers: Peer[] = []
  const results = contenders.map(({ name }) => ({ name, ms: [] as number[], peakMb: 0, note: '' }))
  try {
    for (const contender of contenders) peers.push(await startPeer(contender))
    for (let round = -warmUps; round < rounds; round++) {
      tell(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
      for (const [i, peer] of peers.entries()) {
        await pause(settleMs)
        const { ms, peakMb, note } = await peer.step()
        if (round >= 0) results[i].ms.push(ms)
        Object.assign(results[i], { peakMb, note })
      }
    }
  } finally {
    for (const peer of peers) peer.stop()
  }
  return results
}

interface Peer {
  step(): Promise<{ ms: number; peakMb: number; note: string }>
  stop(): void
}

async function startPeer({ name, command: [file, ...args], env }: Contender): Promise<Peer> {
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
  })
  child.on('error', () => undefined) // told below: its output ends
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => {
    const line = await lines.next()
    if (line.done === true) throw new Error(`${name} ended early (${[file, ...args].join(' ')})`)
    return line.value
  }
  await nextLine() // ready
  return {
    async step() {
      child.stdin.write('step\n')
      const [ms, peakMb, ...note] = (await nextLine()).split(' ')
      return { ms: Number(ms), peakMb: Number(peakMb), note: note.join(' ') }
    },
    stop: () => child.stdin.end(),
  }
}
