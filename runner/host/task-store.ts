import type { Objects } from '../../cache/objects.ts'

/** What a task needs of a cache: stored bytes by digest, and a place for new ones. */
export interface TaskStore {
  readonly folder: string
  readonly objects: Pick<Objects, 'read' | 'copyTo' | 'putTensor' | 'putBlob' | 'putFile'>
  /** Takes the folder of an attempt, `ageMs` old, away soon; without it that is waited for. */
  readonly discard?: (folder: string, ageMs: number) => void
}
