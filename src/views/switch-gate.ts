import type { Clock } from '../core/clock.ts'
import type { Stored } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { saveVersionRecord, type VersionRecord } from './version-record.ts'

/**
 * The time limit of a version switch, in milliseconds. Readers wait for it, so the process that began it gives up after
 * this time, and a reader that waited as long cancels it itself, because its worker may have been killed.
 */
export const HANDOVER_LIMIT = 2_000

const POLL = 10

/** Pauses a reader during a switch; what it read before must be discarded. */
export type HandoverGate = (projection: string, met: Stored<VersionRecord>, signal?: AbortSignal) => Promise<void>

/** Creates the gate of one storage's readers. */
export function createHandoverGate(
  storage: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  clock: Clock,
): HandoverGate {
  const met = new Map<string, { readonly id: string; readonly since: number }>()
  return async (projection, { document, etag }, signal) => {
    const { handover, ...kept } = document
    if (handover === undefined) return
    const known = met.get(projection)
    if (known?.id !== handover.id) {
      met.set(projection, { id: handover.id, since: clock.now() })
    } else if (Math.abs(clock.now() - known.since) > HANDOVER_LIMIT) {
      await saveVersionRecord(storage, projection, kept, { ifMatch: etag })
      return
    }
    await clock.sleep(POLL, signal)
  }
}
