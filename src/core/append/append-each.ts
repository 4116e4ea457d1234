import { TidemarkError } from '../errors/base.ts'
import type { EventDefinitions } from '../events/definition-types.ts'
import { sealDocuments } from '../events/sealing/seal-documents.ts'
import type { NewEventDocument } from '../port/event-document.ts'
import type { AppendResult } from '../port/event-log.ts'
import type { StoragePort } from '../port/storage.ts'
import { type AppendStorage, appendEvents } from './append-events.ts'

/** What became of an event: the end of its append, with the event's own version, or why it can never be appended. */
export type EachOutcome = AppendResult | { readonly error: TidemarkError }

/** Where events from outside are appended. */
export type ArrivalStorage = AppendStorage & Pick<StoragePort, 'vault' | 'limits'>

// About the event itself: no process can append it.
const OF_EVENT = new Set([
  'EventIdReused',
  'AppendTooLarge',
  // The function `of` of personal members failed on the data.
  'InvalidDefinition',
  'InvalidEvent',
  'InvalidStreamId',
  'InvalidPersonId',
  'NotJson',
  'StreamDeleted',
  'PersonForgotten',
])

const isOfEvent = (error: unknown): error is TidemarkError => error instanceof TidemarkError && OF_EVENT.has(error.code)

// Of several events, one may be at fault, or be in the stream already.
const isOfOneOf = (error: unknown): boolean =>
  isOfEvent(error) || (error instanceof TidemarkError && error.code === 'WrongExpectedVersion')

/**
 * Appends events that arrived for one stream, in order, whatever its version is: all in one append if possible, or else
 * one by one, so that each has an outcome of its own.
 *
 * @param definitions of the events that are sealed
 * @param outcomes where they are added as they become known, for those who need them also after a failure
 * @throws what says nothing about an event, such as that the storage is unavailable; some may be appended then
 */
export async function appendEach(
  storage: ArrivalStorage,
  streamId: string,
  documents: readonly NewEventDocument[],
  definitions: EventDefinitions,
  outcomes: EachOutcome[] = [],
): Promise<readonly EachOutcome[]> {
  const most = storage.limits.eventsPerAppend
  for (let i = 0; i < documents.length; i += most) {
    await appendPart(storage, streamId, documents.slice(i, i + most), definitions, outcomes)
  }
  return outcomes
}

async function appendPart(
  storage: ArrivalStorage,
  streamId: string,
  documents: readonly NewEventDocument[],
  definitions: EventDefinitions,
  outcomes: EachOutcome[],
): Promise<void> {
  try {
    const sealed = await sealDocuments(storage.vault, streamId, documents, definitions)
    const result = await appendEvents(storage, streamId, sealed, { expectedVersion: 'any' })
    const last = documents.length - 1
    outcomes.push(...documents.map((_, i) => ({ ...result, version: result.version - (last - i) })))
    return
  } catch (error) {
    if (documents.length === 1 && isOfEvent(error)) {
      outcomes.push({ error })
      return
    }
    if (documents.length === 1 || !isOfOneOf(error)) throw error
  }
  for (const document of documents) await appendPart(storage, streamId, [document], definitions, outcomes)
}
