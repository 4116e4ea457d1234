import type { ViewStore } from '../core/port/view-store.ts'
import type { HandoverGate } from './handover-gate.ts'
import { readVersionRecord } from './version-record.ts'

/** The version whose views readers see, or undefined where none was recorded yet. */
export async function activeVersion(viewStore: ViewStore, projection: string): Promise<number | undefined> {
  return (await readVersionRecord(viewStore, projection))?.document.active
}

/**
 * Reads from the active version. The record is looked at **after** the read, against the version that was read from:
 * had it been looked at before, a switch in between could give a view of the old version that is ahead of the new one,
 * and the next read would go back. What was read while a switch is under way is not shown for the same reason: it may
 * be ahead of what the new version must have reached.
 *
 * @param guess the version to try first
 */
export async function readActive<T>(
  viewStore: ViewStore,
  gate: HandoverGate,
  projection: { readonly name: string; readonly version: number },
  guess: number,
  read: (version: number) => Promise<T>,
): Promise<{ readonly value: T; readonly version: number }> {
  for (let version = guess; ; ) {
    const value = await read(version)
    const recorded = await readVersionRecord(viewStore, projection.name)
    const active = recorded?.document.active ?? projection.version
    if (recorded?.document.handover !== undefined) await gate(projection.name, recorded)
    else if (active === version) return { value, version }
    version = active
  }
}
