import { relative } from 'node:path'

/** A path as people see it: from the working folder. */
export const shownPath = (path: string, cwd: string): string => relative(cwd, path) || path
