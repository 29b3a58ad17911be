import { isAbsolute } from 'node:path'
import type { Diagnostic } from '../base/diagnostic.ts'
import { shownPath } from '../base/shown-path.ts'

/** A host knows files by their absolute paths alone; people see them as the spec's own folders, from the project root. */
export const fromRoot = (diagnostic: Diagnostic, root: string): Diagnostic =>
  diagnostic.at === undefined || !isAbsolute(diagnostic.at.file)
    ? diagnostic
    : { ...diagnostic, at: { ...diagnostic.at, file: shownPath(diagnostic.at.file, root) } }
