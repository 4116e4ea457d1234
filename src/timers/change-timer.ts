import { type AppendStorage, appendEvents } from '../core/append/append-events.ts'
import { EventIdReused, WrongExpectedVersion } from '../core/errors/append.ts'
import type { EventDocument, NewEventDocument } from '../core/port/event-document.ts'
import type { EventLog } from '../core/port/event-log.ts'

/** What timers are changed in. */
export type TimerLog = AppendStorage & { readonly events: Pick<EventLog, 'append' | 'load' | 'findAppend'> }

const ATTEMPTS = 50

/**
 * Appends to a timer's stream what is decided on its last event. Of several changes of one state, one is appended, and
 * the others are decided again: a timer that fires is not cancelled, and one that was cancelled does not fire.
 *
 * @param decide returns the event to append, or undefined for none
 * @returns the event that was appended, or undefined
 * @throws WrongExpectedVersion after too many conflicts; StreamDeleted
 */
export async function changeTimer(
  storage: TimerLog,
  streamId: string,
  decide: (last: EventDocument | undefined) => Promise<NewEventDocument | undefined>,
): Promise<NewEventDocument | undefined> {
  for (let attempt = 1; ; attempt++) {
    const { events, version } = await storage.events.load(streamId, { direction: 'backwards', limit: 1 })
    const event = await decide(events[0])
    if (event === undefined) return undefined
    try {
      await appendEvents(storage, streamId, [event], { expectedVersion: version })
      return event
    } catch (error) {
      // Another process changed it, or an earlier attempt of this change got through.
      const isConflict = error instanceof WrongExpectedVersion || error instanceof EventIdReused
      if (!isConflict || attempt === ATTEMPTS) throw error
    }
  }
}

/** Whether a change was already appended, which is not the last event of its stream. */
export async function isRepeat(
  { events }: TimerLog,
  { stream, metadata }: EventDocument,
  eventId: string,
): Promise<boolean> {
  if (metadata.eventId === eventId) return true
  // The only event of a stream was compared.
  return stream.version > 1 && (await events.findAppend(stream.id, eventId)) !== undefined
}
