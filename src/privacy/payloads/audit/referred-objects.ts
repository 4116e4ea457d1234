import { StreamDeleted } from '../../../core/errors/append.ts'
import { InvalidStreamId } from '../../../core/errors/input.ts'
import { assertSealedShape, payloadReferencesOf } from '../../../core/events/sealing/sealed-data.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import { parseObjectKey } from '../object-key.ts'

/**
 * Creates the function that looks up whether an event refers to an object. Objects of one event follow each other in a
 * list, so the last event is kept.
 *
 * @returns undefined for a key that names no event
 * @throws PersonalDataTampered if the references of an event were edited
 */
export function referredObjects(
  events: Pick<EventLog, 'findAppend'>,
): (rules: readonly string[], key: string) => Promise<boolean | undefined> {
  let last:
    | { readonly streamId: string; readonly eventId: string; readonly event: EventDocument | undefined }
    | undefined
  return async (rules, key) => {
    const parsed = parseObjectKey(key)
    if (parsed === undefined) return undefined
    const { streamId, eventId } = parsed
    if (last?.streamId !== streamId || last.eventId !== eventId) {
      const found = await find(events, streamId, eventId)
      if (found === 'invalid') return undefined
      last = { streamId, eventId, event: found }
    }
    // An object whose reference was edited may still be needed.
    if (last.event) assertSealedShape(last.event)
    const references = last.event === undefined ? [] : Object.values(payloadReferencesOf(last.event.eventData))
    // An event found to be absent may be appended at any time, and is not remembered as such.
    if (last.event === undefined) last = undefined
    return references.some((reference) => reference.key === key && rules.includes(reference.in))
  }
}

async function find(
  events: Pick<EventLog, 'findAppend'>,
  streamId: string,
  eventId: string,
): Promise<EventDocument | 'invalid' | undefined> {
  try {
    const found = await events.findAppend(streamId, eventId)
    return found?.events.find(({ metadata }) => metadata.eventId === eventId)
  } catch (error) {
    if (error instanceof StreamDeleted) return undefined
    if (error instanceof InvalidStreamId) return 'invalid'
    throw error
  }
}
