import type { Stored } from '../core/port/save.ts'
import type { ViewStore } from '../core/port/view-store.ts'
import { placeIn, samePlace, type ViewPlace } from './parts.ts'
import type { HandoverGate } from './switch-gate.ts'
import { readVersionRecord, type VersionRecord } from './version-record.ts'

/** The version whose views readers see, or undefined if none was recorded yet. */
export async function activeVersion(viewStore: ViewStore, projection: string): Promise<number | undefined> {
  return (await readVersionRecord(viewStore, projection))?.document.active
}

/** What was read of the active version, where that is stored, and the record that says so, if there is one. */
export type ActiveRead<T> = {
  readonly value: T
  readonly place: ViewPlace
  readonly recorded: Stored<VersionRecord> | undefined
}

/**
 * Reads the views of the active version. The record is checked **after** the read, against the version that was read.
 * If it were checked before, a switch in between could return a view of the old version that is ahead of the new one,
 * and the next read would regress. A result that was read during a switch is discarded for the same reason: it may be
 * ahead of what the new version must have reached.
 *
 * @param guess where to try first
 */
export async function readActive<T>(
  viewStore: Pick<ViewStore, 'get'>,
  gate: HandoverGate,
  projection: { readonly name: string; readonly version: number },
  guess: ViewPlace,
  read: (place: ViewPlace) => Promise<T>,
): Promise<ActiveRead<T>> {
  for (let place = guess; ; ) {
    const value = await read(place)
    const recorded = await readVersionRecord(viewStore, projection.name)
    const now = placeIn(recorded?.document, projection)
    if (recorded?.document.handover !== undefined) await gate(projection.name, recorded)
    else if (samePlace(now, place)) return { value, place, recorded }
    place = now
  }
}
