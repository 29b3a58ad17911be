/** Sends a signal to a process group, or, in the moment before there is one, to the process that is about to lead it. */
export function killGroup(group: number, signal: NodeJS.Signals): void {
  if (!send(-group, signal)) send(group, signal)
}

function send(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal)
    return true
  } catch {
    return false // nobody is there
  }
}
