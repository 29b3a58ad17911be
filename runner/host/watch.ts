// A thread of the task host beside the one that computes, which native code may block for minutes. It ends the process
// when the parent has gone, and tells the parent that the process lives and what memory it holds.
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { peakMemory } from './memory.ts'
import { type Beat, BEAT_EVERY_MS, BEAT_FD } from './beat.ts'

const parent = workerData as number

const leave = (): void => void process.kill(process.pid, 'SIGKILL')

function beat(): void {
  if (process.ppid !== parent) return leave()
  const { rss } = process.memoryUsage()
  const sign: Beat = { rssBytes: rss, peakBytes: peakMemory() }
  try {
    writeSync(BEAT_FD, `${JSON.stringify(sign)}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') leave() // nobody holds the other end
  }
}

beat()
setInterval(beat, BEAT_EVERY_MS)
