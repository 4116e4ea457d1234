import type { ViewStore } from '../core/port/view-store.ts'
import { placeIn, samePlace, type ViewPlace } from './parts.ts'
import type { HandoverGate } from './switch-gate.ts'
import { readVersionRecord } from './version-record.ts'

/** The version whose views readers see, or undefined where none was recorded yet. */
export async function activeVersion(viewStore: ViewStore, projection: string): Promise<number | undefined> {
  return (await readVersionRecord(viewStore, projection))?.document.active
}

/**
 * Reads from where the views of the active version lie. The record is looked at **after** the read, against the version that was read from:
 * had it been looked at before, a switch in between could give a view of the old version that is ahead of the new one,
 * and the next read would go back. What was read while a switch is under way is not shown for the same reason: it may
 * be ahead of what the new version must have reached.
 *
 * @param guess the place to try first
 */
export async function readActive<T>(
  viewStore: Pick<ViewStore, 'get'>,
  gate: HandoverGate,
  projection: { readonly name: string; readonly version: number },
  guess: ViewPlace,
  read: (place: ViewPlace) => Promise<T>,
): Promise<{ readonly value: T; readonly place: ViewPlace }> {
  for (let place = guess; ; ) {
    const value = await read(place)
    const recorded = await readVersionRecord(viewStore, projection.name)
    const now = placeIn(recorded?.document, projection)
    if (recorded?.document.handover !== undefined) await gate(projection.name, recorded)
    else if (samePlace(now, place)) return { value, place }
    place = now
  }
}
