import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import type { PreparedEvent } from '../../../core/append/prepare-append.ts'
import { uuidV7 } from '../../../core/append/uuid.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { AppendOptions } from '../../../core/port/event-log.ts'
import type { Handle } from '../handle.ts'

/** An event in progress. */
export type RequestedEvent = {
  readonly eventType: string
  readonly eventData: JsonObject
  readonly metadata: JsonObject & { readonly eventId: string }
}

/** An append as both ways of appending accept it; the header of the stored procedure describes its members. */
export type AppendRequest = {
  readonly streamId: string
  readonly expectedVersion: ExpectedVersion
  readonly events: readonly RequestedEvent[]
  readonly appendId: string
  readonly recordedAt: string
}

/** The outcome of an append, as the stored procedure returns it. */
export type AppendOutcome =
  | { readonly outcome: 'appended' | 'duplicate'; readonly version: number; readonly appendId?: string }
  | { readonly outcome: 'conflict' | 'deleted'; readonly actual: number }
  | { readonly outcome: 'eventIdReused'; readonly actual: number; readonly eventId: string }

/** The request of an append. It keeps the same append id through all retries, so that its own events are recognised. */
export function appendRequest(
  { clock }: Handle,
  streamId: string,
  { expectedVersion, recordedAt }: AppendOptions,
  prepared: readonly PreparedEvent[],
): AppendRequest {
  return {
    streamId,
    expectedVersion,
    // From the text that was validated, because the caller may change the objects while requests are retried.
    events: prepared.map(({ type, data, metadata }) => ({
      eventType: type,
      eventData: JSON.parse(data),
      metadata: JSON.parse(metadata),
    })),
    appendId: uuidV7(),
    recordedAt: (recordedAt ?? new Date(clock.now())).toISOString(),
  }
}
