/** How `walk-main.ts` ends where LMDB tells of damage. */
export const DAMAGED_EXIT = 9

/** LMDB's own words for pages that cannot be what they were written as. */
const DAMAGE =
  /\bMDB_(?:CORRUPTED|PAGE_NOTFOUND|BAD_TXN|BAD_VALSIZE|INVALID|PANIC|PROBLEM|CURSOR_FULL|PAGE_FULL|TXN_FULL)\b/

/** Whether an error tells of damage inside an LMDB file. */
export const isLmdbDamage = (error: unknown): boolean => error instanceof Error && DAMAGE.test(error.message)
