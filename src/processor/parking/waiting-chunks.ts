import { uuidOf } from '../../core/append/uuid.ts'
import type { Json } from '../../core/json/json.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, type ViewRef, viewId } from '../../core/port/view-store.ts'
import type { WaitingRef } from '../../projections/parking/parked-mark.ts'
import { waitingOf } from '../../projections/parking/reserved-names.ts'
import type { Chunk } from '../../projections/parking/waiting-queue.ts'

/** Where documents about parked sequences are stored. */
export type ParkingStore = Pick<StoragePort, 'viewStore' | 'incarnation'>

const refOf = (view: ViewRef, parking: string, number: number): ViewRef => ({
  projection: waitingOf(view.projection),
  version: view.version,
  key: uuidOf(view.key, parking, String(number)),
})

/** Writes a chunk of pending events. An existing one has the same content: see `ParkedMark`. */
export async function writeChunk({ viewStore, incarnation }: ParkingStore, view: ViewRef, chunk: Chunk): Promise<void> {
  const ref = refOf(view, chunk.parking, chunk.number)
  const refs = chunk.refs as unknown as Json
  await viewStore.save({ ...ref, id: viewId(ref), data: { refs }, incarnation, tidemarks: [] }, 'ifAbsent')
}

/** Reads a chunk; an emptied one is empty. */
export async function readChunk(
  { viewStore }: ParkingStore,
  view: ViewRef,
  parking: string,
  number: number,
): Promise<readonly WaitingRef[]> {
  const stored = await viewStore.get(refOf(view, parking, number))
  return (stored?.document.data?.refs ?? []) as unknown as readonly WaitingRef[]
}

/** Empties chunks that are no longer referenced. The view store removes documents only with their version. */
export async function emptyChunks(
  { viewStore }: ParkingStore,
  view: ViewRef,
  parking: string,
  from: number,
  to: number,
): Promise<void> {
  for (let number = from; number < to; number++) {
    const stored = await viewStore.get(refOf(view, parking, number))
    if (stored === undefined || stored.document.data === null) continue
    const emptied: ViewDocument = { ...stored.document, data: null }
    await viewStore.save(emptied, { ifMatch: stored.etag })
  }
}
