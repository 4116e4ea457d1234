import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import type { PreparedEvent } from '../../../core/append/prepare-append.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { Place } from '../../../core/positions/stream-slot.ts'

/** An append, or a tombstone, in progress. */
export type AppendItem = {
  readonly kind: 'append' | 'tombstone'
  readonly streamId: string
  readonly place: Place
  readonly expected: ExpectedVersion
  /** By the clock of the appending process, or as given; ISO 8601. */
  readonly now: string
  /** Stays the same for all attempts, so that events written by an attempt whose response was lost are recognised. */
  readonly appendId: string
  readonly events: readonly PreparedEvent[]
  /** The approximate size of the events. */
  readonly bytes: number
}

/** The outcome of an append. */
export type Outcome =
  | { readonly kind: 'appended' | 'duplicate'; readonly version: number }
  | { readonly kind: 'conflict'; readonly actual: number }
  | { readonly kind: 'reused'; readonly eventId: string }
  | { readonly kind: 'deleted' | 'absent' }

/** The end of a stream; version 0 if it does not exist. */
export type Head = { readonly version: number; readonly recordedAt: string; readonly deleted: boolean }

/** An event in a stream. */
export type KnownEvent = {
  readonly version: number
  readonly appendId: string
  readonly type: string
  data(): JsonObject
}

/** The events of one stream that were looked up by their ids, and found. */
export type KnownEvents = ReadonlyMap<string, KnownEvent>

export const NO_STREAM: Head = { version: 0, recordedAt: '', deleted: false }
