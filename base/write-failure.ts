import { Failure } from './diagnostic.ts'
import { storageFailure } from './storage-failure.ts'

/** An error of writing as a failure: of a full disk its own, else E403; `what` could not be done, such as `cannot write to runs`. */
export function writeFailure(error: unknown, what: string, help?: readonly string[]): Failure {
  const { code = '', message } = error as NodeJS.ErrnoException
  return storageFailure(error) ?? new Failure('E403', `${what}: ${code || message}`, help && { help })
}
