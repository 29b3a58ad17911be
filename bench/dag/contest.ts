import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Request } from '../benchmark.ts'
import type { Dag } from './dag.ts'
import { digestOutputs, layOut } from './project.ts'
import { start } from './start.ts'
import type { Tool } from './tool.ts'
import { wordsOf } from './words.ts'

/** Rest before each turn, in which what the one before left to the system settles. */
const SETTLE_MS = 200

/** A tool whose first run takes longer than this takes part in one round only. */
const ONE_ROUND_MS = 20_000

/** One thing that is asked of every tool. */
export interface Turn {
  readonly what: string
  /** What a person did to the project since the last turn; gives the DAG anew where files came or went. */
  readonly change?: (folder: string, dag: Dag) => Dag | undefined
  /** @default 'run' */
  readonly command?: 'run' | 'plan' | 'second'
}

export interface Entry {
  readonly tool: Tool
  readonly dag: Dag
}

/** What a tool did in one turn of one round. */
export interface Played {
  readonly round: number
  readonly wallMs: number
  readonly peakMb: number
  /** Steps computed. */
  readonly ran: number
  /** What reused results took when they were made, and what those took that were made; where the tool tells. */
  readonly savedMs: number
  readonly stagesMs: number
  /** Digest over the bytes of all outputs. */
  readonly outputs: string
}

export interface Results {
  /** Of each turn, in order of rounds. */
  readonly of: (what: string, tool: Tool) => readonly Played[]
  /** Why a tool went no further, with its last words. */
  readonly failures: ReadonlyMap<Tool, string>
}

export interface ContestRules extends Pick<Request, 'tell'> {
  readonly rounds: number
  /** Where everything is written. */
  readonly folder: string
  /** What one turn may take. */
  readonly limitMs: number
}

interface Seat extends Entry {
  readonly folder: string
  current: Dag
}

/**
 * Lets every tool do the same turns on the same project, each in a folder of its own, turn by turn and tool after tool,
 * so that other load on the machine meets all alike.
 */
export async function contest(
  entries: readonly Entry[],
  turns: readonly Turn[],
  rules: ContestRules,
): Promise<Results> {
  const played = new Map<string, Played[]>()
  const failures = new Map<Tool, string>()
  const slow = new Set<Tool>()
  const listOf = (what: string, tool: Tool): Played[] => {
    const name = `${what}\0${tool.name}`
    const list = played.get(name) ?? []
    played.set(name, list)
    return list
  }
  for (let round = 0; round < rules.rounds; round++) {
    const seats = entries
      .filter(({ tool }) => !slow.has(tool) && !failures.has(tool))
      .map(
        (entry, i): Seat => ({ ...entry, folder: join(rules.folder, `round-${round}`, String(i)), current: entry.dag }),
      )
    for (const { tool, dag, folder } of seats) {
      mkdirSync(folder, { recursive: true })
      layOut(folder, dag)
      tool.describe(folder, dag)
    }
    for (const turn of turns) {
      for (const seat of seats.filter(({ tool }) => !failures.has(tool))) {
        const { tool } = seat
        rules.tell(`round ${round + 1} of ${rules.rounds}: ${turn.what}: ${tool.name}`)
        const done = await play(seat, turn, rules.limitMs)
        if (typeof done === 'string') failures.set(tool, `${turn.what}: ${done}`)
        else if (done !== undefined) listOf(turn.what, tool).push({ round, ...done })
        if (typeof done === 'object' && turn === turns[0] && done.wallMs > ONE_ROUND_MS) slow.add(tool)
      }
    }
    rmSync(join(rules.folder, `round-${round}`), { recursive: true })
  }
  return { of: listOf, failures }
}

/** One turn of one tool: what it took, or in words why it did not work; nothing where the tool has no such command. */
async function play(seat: Seat, turn: Turn, limitMs: number): Promise<Omit<Played, 'round'> | string | undefined> {
  const { tool, folder } = seat
  const changed = turn.change?.(folder, seat.current)
  if (changed !== undefined) {
    seat.current = changed
    tool.describe(folder, changed)
  }
  const command = tool[turn.command ?? 'run']
  if (command === undefined) return undefined
  await pause(SETTLE_MS)
  const before = tool.countRuns(folder)
  const { wallMs, peakMb, code, said } = await start(command, { folder, env: tool.env, limitMs })
  if (code === null) return `more than ${Math.round(limitMs / 1000)} s`
  if (code !== 0) return `fails: ${wordsOf({ code, said })}`
  return {
    wallMs,
    peakMb: peakMb ?? 0,
    ran: tool.countRuns(folder) - before,
    savedMs: 0,
    stagesMs: 0,
    ...tool.times?.(folder),
    outputs: digestOutputs(tool, folder, seat.current),
  }
}
