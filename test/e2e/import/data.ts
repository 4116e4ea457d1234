import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where the real readings are: `TIDEMARK_DATA`, or beside the project. */
const folder = process.env.TIDEMARK_DATA ?? join(import.meta.dirname, '../../../../shared/data')

/** Nine meters of one household, hourly registers. */
export const HOUSEHOLD = join(folder, 'meters', 'household_data_60min_singleindex.csv')

/** One meter of London, half-hourly. */
export const LONDON = join(folder, 'meters', 'MAC000060.csv')

/** Whether both are there; says it loudly when they are not. */
export function hasRealData(): boolean {
  const missing = [HOUSEHOLD, LONDON].filter((file) => !existsSync(file))
  if (missing.length > 0) {
    console.error(
      `SKIPPED: the import of real meters was NOT tested, for want of ${missing.join(' and ')}. ` +
        'Set TIDEMARK_DATA to a folder whose meters/ holds them.',
    )
  }
  return missing.length === 0
}
