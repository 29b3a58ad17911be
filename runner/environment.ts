/** Where a project keeps its state; all absolute. Read from flags and variables in `cli/environment.ts`. */
export interface Folders {
  readonly root: string
  readonly state: string
  readonly cache: string
  readonly weights: string
}
