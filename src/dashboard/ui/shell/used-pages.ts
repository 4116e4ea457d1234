import { session } from '../live/session.ts'
import { PAGES } from '../pages/index.ts'
import type { PageEntry } from '../pages/page.ts'

/** The pages on which this system has something to show. */
export function usedPages(): readonly PageEntry[] {
  const used = session.value?.pages
  return PAGES.filter(({ isUsed }) => isUsed === undefined || (used !== undefined && isUsed(used)))
}
