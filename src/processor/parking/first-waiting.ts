import type { ViewDocument } from '../../core/port/view-store.ts'
import { type ParkedMark, parkedMark, type WaitingRef } from '../../projections/parking/parked-mark.ts'
import { headChunk } from '../../projections/parking/waiting-queue.ts'
import { type ParkingStore, readChunk } from './waiting-chunks.ts'

/** The front of a queue: the remaining references of its first chunk, or its tail, and the reference that follows. */
export type Head = { readonly refs: readonly WaitingRef[]; readonly after: WaitingRef | undefined }

/**
 * Reads the front of a parked view's queue.
 *
 * @returns undefined if the view has changed since it was read, so that the chunk was already emptied, or if a lagging
 *   replica does not have a chunk yet
 */
export async function readHead(store: ParkingStore, view: ViewDocument): Promise<Head | undefined> {
  const mark = parkedMark(view) as ParkedMark
  const number = headChunk(mark)
  if (number === undefined) return { refs: mark.tail, after: undefined }
  const refs = (await readChunk(store, view, mark.id, number)).slice(mark.taken)
  if (refs.length === 0) return undefined
  const isLast = number + 1 === mark.next
  const [after] = isLast ? mark.tail : await readChunk(store, view, mark.id, number + 1)
  // The tail may be empty in a queue that ends with a chunk. A chunk never is, so a replica may not have it yet.
  return after === undefined && !isLast ? undefined : { refs, after }
}
