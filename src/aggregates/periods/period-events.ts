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

// What the two marks of periods say. Both carry the events that begin a period in full, ids included, so that whoever
// opens it, the one who decided that or one who heals after a crash, appends the very same events.

/** An event of the stream without a period, which lists the periods: `$periodOpened`. */
export type PeriodOpened = {
  readonly period: string
  /** The period before; absent for the first. */
  readonly predecessor?: string
  /** The first period's first events; the later ones' is in their predecessor's `$periodClosed`. */
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

/** The mark that lists a later period. It has the same id whoever writes it. */
export const listingOf = (root: string, period: string, predecessor: string): NewEventDocument => ({
  eventType: PERIOD_OPENED,
  eventData: { period, predecessor },
  metadata: { eventId: uuidOf('period', root, period) },
})

/** The mark that makes an aggregate and says how its first period begins. */
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

/** What an event of the stream without a period says. @throws InvalidDefinition when it is no list of periods */
export function parseOpened({ id, eventType, eventData }: EventDocument): PeriodOpened {
  if (eventType !== PERIOD_OPENED) {
    throw new InvalidDefinition(`Event ${id} is ${eventType}: this aggregate was stored without periods`)
  }
  return eventData as Json as PeriodOpened
}

/** What the last event of a period says, if its books are closed. */
export const parseClosing = (last: EventDocument | undefined): PeriodClosing | undefined =>
  last?.eventType === PERIOD_CLOSED ? (last.eventData as Json as PeriodClosing) : undefined
