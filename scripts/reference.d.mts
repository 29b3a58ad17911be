import type { CodeRow } from '../base/codes.ts'
import type { COMMANDS } from '../cli/commands.ts'
import type { FOREIGN_VARIABLES, VARIABLES } from '../cli/environment.ts'
import type { EXIT_CODES } from '../cli/exit-codes.ts'
import type { kindReference, portsText } from '../cli/kind-text.ts'
import type { settingRows } from '../cli/setting-rows.ts'
import type { exitOf } from '../runner/exit-codes.ts'
import type { StageKind } from '../stages/stage.ts'

/** What the reference is written from. */
export interface Tables {
  readonly kinds: readonly StageKind[]
  readonly portsText: typeof portsText
  readonly kindReference: typeof kindReference
  readonly settingRows: typeof settingRows
  readonly exitCodes: typeof EXIT_CODES
  readonly variables: typeof VARIABLES
  readonly foreignVariables: typeof FOREIGN_VARIABLES
  readonly commands: typeof COMMANDS
  readonly codes: readonly CodeRow[]
  readonly exitOf: typeof exitOf
  /** Text of `runner/events.ts`. */
  readonly eventsSource: string
}

export function referenceText(tables: Tables): string
export function withStageTable(readme: string, tables: Tables): string
