import { sealedMembersOf } from '../../../core/events/sealing/sealed-data.ts'
import { type EventDocument, FORGOTTEN } from '../../../core/port/event-document.ts'
import type { MemoryState } from '../../memory/state.ts'
import type { PeopleLedger, Written } from './ledger.ts'

/** An event with personal data as it is stored, and what a client wrote with it. */
export type StoredWrite = {
  readonly event: EventDocument
  readonly written: Written
  readonly parts: readonly {
    readonly keyId: string
    readonly generation: number
    readonly members: readonly string[]
  }[]
}

/** The stored events of people. */
export function storedWrites(state: MemoryState, { written }: PeopleLedger): StoredWrite[] {
  const found: StoredWrite[] = []
  for (const event of eventsOf(state, /^(member|visit):/)) {
    const { commandId, eventId } = event.metadata
    const entry = written.get(String(commandId ?? eventId))
    if (entry === undefined) continue
    const parts = sealedMembersOf(event.eventData).map(({ k, f }) => ({ ...partsOf(k), members: f }))
    found.push({ event, written: entry, parts })
  }
  return found
}

/** The last forgotten generation by key id, according to the markers in the log. */
export function markersIn(state: MemoryState): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const { eventType, eventData } of eventsOf(state, /^\$privacy:/)) {
    if (eventType !== FORGOTTEN) continue
    const [keyId, through] = [String(eventData.key), Number(eventData.through)]
    found.set(keyId, Math.max(through, found.get(keyId) ?? 0))
  }
  return found
}

/** The personal values that were sealed under forgotten keys. */
export function forgottenTokens(
  writes: readonly StoredWrite[],
  through: ReadonlyMap<string, number>,
): ReadonlySet<string> {
  const dead = new Set<string>()
  for (const { written, parts } of writes) {
    for (const { keyId, generation, members } of parts) {
      if (generation > (through.get(keyId) ?? 0)) continue
      for (const name of members) if (written.tokens[name] !== undefined) dead.add(written.tokens[name])
    }
  }
  return dead
}

function* eventsOf(state: MemoryState, streams: RegExp): Generator<EventDocument> {
  for (const { id, events } of state.streams.values()) {
    if (!streams.test(id)) continue
    for (const event of events) if (event) yield JSON.parse(event.json) as EventDocument
  }
}

function partsOf(reference: string): { readonly keyId: string; readonly generation: number } {
  const dot = reference.lastIndexOf('.')
  return { keyId: reference.slice(0, dot), generation: Number(reference.slice(dot + 1)) }
}
