import { uuidOf } from '../../core/append/uuid.ts'
import { InvalidDefinition } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import {
  type EventDocument,
  type NewEventDocument,
  PERIOD_CLOSED,
  PERIOD_OPENED,
} from '../../core/port/event-document.ts'
import type { StreamIdParts } from '../../core/stream-id.ts'
import { formatStreamId } from '../../core/stream-id.ts'
import type { Aggregate } from '../aggregate.ts'

// The content of the two marks of periods. Both contain the complete events that begin a period, ids included, so that
// any process that opens it, the one that decided it or one that repairs it after a crash, appends exactly the same
// events.

/** An event of the stream without a period, which lists the periods: `$periodOpened`. */
export type PeriodOpened = {
  readonly period: string
  /** The period before; absent for the first. */
  readonly predecessor?: string
  /** The first period's first events; those of later ones are in their predecessor's `$periodClosed`. */
  readonly opening?: readonly NewEventDocument[]
}

/** The last event of a period: `$periodClosed`. */
export type PeriodClosing = {
  readonly successor: string
  /** The successor's first event. */
  readonly opening: NewEventDocument
}

/** The streams of one aggregate. */
export type PeriodStreams = {
  /** The stream without a period. */
  readonly root: string
  of(period: string): string
}

/** @throws InvalidStreamId */
export function periodStreams<S, E extends EventTypes>(aggregate: Aggregate<S, E>, id: string): PeriodStreams {
  const parts: StreamIdParts = { category: aggregate.category, id }
  return { root: formatStreamId(parts), of: (period) => formatStreamId({ ...parts, period }) }
}

/** The mark that lists a later period. It has the same id, whichever process writes it. */
export const listingOf = (root: string, period: string, predecessor: string): NewEventDocument => ({
  eventType: PERIOD_OPENED,
  eventData: { period, predecessor },
  metadata: { eventId: uuidOf('period', root, period) },
})

/** The mark that creates an aggregate and contains how its first period begins. */
export const firstListingOf = (
  period: string,
  opening: readonly NewEventDocument[],
  metadata: NewEventDocument['metadata'],
): NewEventDocument => ({
  eventType: PERIOD_OPENED,
  eventData: { period, opening: opening as readonly JsonObject[] },
  metadata,
})

/** The mark that closes a period. */
export const closingOf = (
  { successor, opening }: PeriodClosing,
  metadata: NewEventDocument['metadata'],
): NewEventDocument => ({
  eventType: PERIOD_CLOSED,
  eventData: { successor, opening: opening as JsonObject },
  metadata,
})

/** The content of an event of the stream without a period. @throws InvalidDefinition if it is not a list of periods */
export function parseOpened({ id, eventType, eventData }: EventDocument): PeriodOpened {
  if (eventType !== PERIOD_OPENED) {
    throw new InvalidDefinition(`Event ${id} is ${eventType}: this aggregate was stored without periods`)
  }
  return eventData as Json as PeriodOpened
}

/** The content of the last event of a period, if its books are closed. */
export const parseClosing = (last: EventDocument | undefined): PeriodClosing | undefined =>
  last?.eventType === PERIOD_CLOSED ? (last.eventData as Json as PeriodClosing) : undefined
