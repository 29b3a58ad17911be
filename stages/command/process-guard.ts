import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/**
 * Notes process groups as they come and go, and when its input ends, which is when we do, in whatever way, kills those
 * that are left. It ignores the signals of the terminal, which are for us to judge.
 */
const SCRIPT = `
trap '' INT TERM HUP
live=' '
while read -r what group; do
  case $what in
    +) live="$live$group ";;
    -) live="\${live%% $group *} \${live#* $group }";;
  esac
done
for group in $live; do kill -s KILL -- "-$group" 2>/dev/null; done
`

let guard: Writable | undefined

/** Sees to it that a process group ends with this process, even one that is killed. Gives what lets go of the group. */
export function guardGroup(group: number): () => void {
  guard ??= startGuard()
  guard.write(`+ ${group}\n`)
  return () => guard?.write(`- ${group}\n`)
}

function startGuard(): Writable {
  const child = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} })
  child.unref()
  const { stdin } = child
  ;(stdin as Writable & { unref?: () => void }).unref?.()
  child.on('error', () => (guard = undefined))
  stdin.on('error', () => (guard = undefined))
  return stdin
}
