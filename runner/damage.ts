import { relative } from 'node:path'
import { type Diagnostic, Failure } from '../base/diagnostic.ts'
import { permissionFailure } from '../base/permission-failure.ts'
import { damagedFiles, healCache } from '../cache/heal.ts'
import { isLmdbDamage } from '../cache/lmdb-damage.ts'
import type { TaskOutcome } from './task-runner.ts'

/**
 * Where a task ended by a crash, or by LMDB's word that a page is damaged: looks through the files of the cache and sets
 * damaged ones aside. Gives the failure to tell, E605, or undefined where the cache is sound.
 */
export async function damageBehind(
  outcome: Extract<TaskOutcome, { type: 'lost' | 'failed' }>,
  cacheFolder: string,
): Promise<Diagnostic | undefined> {
  const suspect =
    outcome.type === 'lost'
      ? outcome.why === undefined && outcome.how !== 'SIGKILL'
      : isLmdbDamage(new Error(outcome.diagnostic.message))
  return suspect ? damageFailure(await healCache(cacheFolder))?.diagnostic : undefined
}

/** The same of an error that ended the run itself; E403 where a file or folder was refused. */
export const failureBehind = async (error: unknown, cacheFolder: string): Promise<Failure | undefined> =>
  isLmdbDamage(error) ? damageFailure(await healCache(cacheFolder)) : permissionFailure(error)

const damageFailure = (aside: readonly string[]): Failure | undefined =>
  aside.length === 0
    ? undefined
    : new Failure('E605', `the cache was damaged inside ${aside.join(', ')}, which is set aside now`, {
        help: ['run again: what it held is computed again'],
      })

/** The same of an error that ended a command which only looks: it leaves the cache as it is, since a run heals it. */
export async function damageSeen(error: unknown, cacheFolder: string): Promise<Failure | undefined> {
  if (!isLmdbDamage(error)) return permissionFailure(error)
  const files = (await damagedFiles(cacheFolder)).map((file) => relative(cacheFolder, file))
  const where = files.length === 0 ? '' : ` inside ${files.join(', ')}`
  return new Failure('E605', `the cache is damaged${where}`, {
    help: ['pipeline run SPEC sets that aside by itself, and computes again what it held'],
  })
}
