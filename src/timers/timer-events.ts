import { uuidOf } from '../core/append/uuid.ts'
import type { JsonObject } from '../core/json/json.ts'
import {
  type EventDocument,
  type NewEventDocument,
  TIMER_CANCELLED,
  TIMER_FIRED,
  TIMER_SCHEDULED,
} from '../core/port/event-document.ts'
import { isTime } from '../core/stored-time.ts'
import type { TimerRef } from './timer.ts'

/** The event whose handler asks for a change of a timer. */
export type TimerCause = { readonly streamId: string; readonly version: number }

/** From where a change of a timer comes. */
export type TimerOrigin = {
  /** The id of the change: a repeat has the same one, and changes nothing. */
  readonly eventId: string
  /** Of changes that events of one stream cause, that of the latest event holds. Absent for a change from outside. */
  readonly cause?: TimerCause
  /** The ids by which the change is traced to its cause. */
  readonly metadata?: { readonly causationId?: string; readonly correlationId?: string }
}

/** A timer that has not fired yet. */
export type PendingTimer = TimerRef & {
  /** When it is due: ISO 8601 in UTC. */
  readonly at: string
  readonly data: JsonObject
}

const dataOf = ({ reaction, timer, key }: TimerRef, cause: TimerCause | undefined) => ({
  reaction,
  timer,
  key,
  ...(cause && { cause: { streamId: cause.streamId, version: cause.version } }),
})

/** The event that schedules a timer, or moves it. */
export const scheduledEvent = (
  { at, data, ...ref }: PendingTimer,
  { eventId, cause, metadata }: TimerOrigin,
): NewEventDocument => ({
  eventType: TIMER_SCHEDULED,
  eventData: { ...dataOf(ref, cause), at, data },
  metadata: { ...metadata, eventId },
})

/** The event that cancels a timer. */
export const cancelledEvent = (ref: TimerRef, { eventId, cause, metadata }: TimerOrigin): NewEventDocument => ({
  eventType: TIMER_CANCELLED,
  eventData: dataOf(ref, cause),
  metadata: { ...metadata, eventId },
})

/** The event that a timer fired. Its id depends on what scheduled the timer, so that it is appended once. */
export function firedEvent(scheduled: EventDocument): NewEventDocument {
  const { eventData, metadata, stream } = scheduled
  const { correlationId } = metadata
  return {
    eventType: TIMER_FIRED,
    eventData,
    metadata: {
      eventId: uuidOf(TIMER_FIRED, stream.id, String(stream.version)),
      causationId: metadata.eventId,
      ...(correlationId !== undefined && { correlationId }),
    },
  }
}

/** The timer that the last event of its stream leaves pending, or undefined if it fired or was cancelled. */
export const pendingIn = ({ eventType, eventData }: EventDocument): PendingTimer | undefined =>
  eventType === TIMER_SCHEDULED ? timerIn(eventData) : undefined

/** The timer in the data of an event that scheduled or fired it; undefined if it is not one. */
function timerIn({ reaction, timer, key, at, data }: JsonObject): PendingTimer | undefined {
  if (typeof reaction !== 'string' || typeof timer !== 'string' || typeof key !== 'string' || !isTime(at)) return
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return
  return { reaction, timer, key, at, data: data as JsonObject }
}

/** Whether an event of a timer was caused by a later event of the same stream. */
export function isCausedLater({ eventData }: EventDocument, cause: TimerCause | undefined): boolean {
  const last = eventData.cause as Partial<TimerCause> | undefined
  return cause !== undefined && last?.streamId === cause.streamId && Number(last.version) > cause.version
}
