import { Failure } from './diagnostic.ts'

/** The words of the system and of LMDB for a path that is not ours to use, or is not what it should be. */
const REFUSAL =
  /EACCES|EPERM|EROFS|EEXIST|EISDIR|ENOTDIR|Permission denied|Operation not permitted|Read-only file system|Is a directory|Not a directory/

/** E403 for a file or folder that could not be used as it was tried, `path` where the error does not say which; undefined for any other error. */
export function permissionFailure(error: unknown, path?: string): Failure | undefined {
  const refusal = REFUSAL.exec(String(error))?.[0]
  const at = (error as NodeJS.ErrnoException | undefined)?.path ?? path
  if (refusal === undefined || error instanceof Failure || at === undefined) return undefined
  return new Failure('E403', `cannot use ${at}: ${refusal}`, {
    help: [
      'does it belong to another user? Make it yours, or point PIPELINE_CACHE_DIR or PIPELINE_STATE_DIR elsewhere',
    ],
  })
}
