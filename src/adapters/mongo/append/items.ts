import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import type { PreparedEvent } from '../../../core/append/prepare-append.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { Place } from '../../../core/positions/stream-slot.ts'

/** An append, or a tombstone, on its way. */
export type AppendItem = {
  readonly kind: 'append' | 'tombstone'
  readonly streamId: string
  readonly place: Place
  readonly expected: ExpectedVersion
  /** By the clock of whoever appends, or as he says; ISO 8601. */
  readonly now: string
  /** Stays the same however often it is tried, so that what was written by a try whose answer was lost is known. */
  readonly appendId: string
  readonly events: readonly PreparedEvent[]
  /** Of the events, more or less. */
  readonly bytes: number
}

/** What an append comes to. */
export type Outcome =
  | { readonly kind: 'appended' | 'duplicate'; readonly version: number }
  | { readonly kind: 'conflict'; readonly actual: number }
  | { readonly kind: 'reused'; readonly eventId: string }
  | { readonly kind: 'deleted' | 'absent' }

/** The end of a stream; version 0 where it does not exist. */
export type Head = { readonly version: number; readonly recordedAt: string; readonly deleted: boolean }

/** An event that stands in a stream. */
export type KnownEvent = {
  readonly version: number
  readonly appendId: string
  readonly type: string
  data(): JsonObject
}

/** The events of one stream that were looked for by their ids, and found. */
export type KnownEvents = ReadonlyMap<string, KnownEvent>

export const NO_STREAM: Head = { version: 0, recordedAt: '', deleted: false }
