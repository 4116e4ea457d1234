import type { ViewStore } from '../../core/port/view-store.ts'
import { documentsOf } from './documents.ts'

/**
 * The newest generation of a ledger that has a block, or 0 if it is empty. A chain begins with generation 1, and each
 * restart for a new incarnation of the log begins the next.
 *
 * @param known a generation that was found earlier, from which on it looks
 */
export async function newestGeneration(viewStore: ViewStore, known = 0): Promise<number> {
  for (let generation = known; ; generation++) {
    const next = documentsOf(viewStore, { projection: '$chain', version: generation + 1, incarnation: '' })
    if (!(await next.has(0))) return generation
  }
}
