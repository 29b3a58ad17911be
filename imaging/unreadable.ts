import { Failure } from '../base/diagnostic.ts'

/** E212 with what is wrong in plain words, such as `JPEG ends early, after 81,920 bytes`. */
export function unreadable(what: string): Failure {
  return new Failure('E212', `unreadable image: ${what}`, {
    help: ['replace the file, or set acquire.on_bad: skip (the report lists skipped images)'],
  })
}
