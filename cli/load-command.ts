import type { Invocation } from './invocation.ts'

/** What the file of a command exports: takes what was typed, gives the exit code. */
interface CommandModule {
  run(invocation: Invocation): Promise<number>
}

/** The file of each command; only the one that is asked for is loaded. */
const MODULES: Readonly<Record<string, () => Promise<CommandModule>>> = {
  run: () => import('./run.ts'),
  exec: () => import('./exec.ts'),
  plan: () => import('./plan.ts'),
  ls: () => import('./ls.ts'),
  show: () => import('./show.ts'),
  report: () => import('./report.ts'),
  logs: () => import('./logs.ts'),
  diff: () => import('./diff.ts'),
  why: () => import('./why.ts'),
  status: () => import('./status.ts'),
  graph: () => import('./graph.ts'),
  check: () => import('./check.ts'),
  init: () => import('./init.ts'),
  schema: () => import('./schema.ts'),
  stages: () => import('./stages.ts'),
  'cache ls': () => import('./cache-ls.ts'),
  'cache gc': () => import('./cache-gc.ts'),
  'cache verify': () => import('./cache-verify.ts'),
  'cache pin': () => import('./cache-pin.ts'),
  'weights add': () => import('./weights-add.ts'),
  'weights ls': () => import('./weights-ls.ts'),
  'weights path': () => import('./weights-path.ts'),
  doctor: () => import('./doctor.ts'),
  completion: () => import('./completion.ts'),
  help: () => import('./help.ts'),
}

export const loadCommand = (name: string): Promise<CommandModule> => MODULES[name]()
