import { decodeEvents } from '../../core/events/codec.ts'
import { personalOf } from '../../core/events/describe.ts'
import type { EventTypes, RecordedEvent } from '../../core/events/types.ts'
import { copyPersonalJson } from '../../core/json/copy-personal-json.ts'
import { deepFreeze } from '../../core/json/deep-freeze.ts'
import { copyJson, type JsonObject } from '../../core/json/json.ts'
import type { EventDocument, NewEventDocument } from '../../core/port/event-document.ts'
import type { Context } from '../state/context.ts'
import { evolveState } from '../state/fold.ts'

/** The state after events that are about to be appended. */
export type Preview<S, E extends EventTypes> = {
  readonly events: readonly RecordedEvent<E>[]
  readonly documents: readonly EventDocument[]
  readonly state: S
  /** Whether a handler read an event's recording time, which is only known for certain once the events are stored. */
  readonly isGuess: boolean
}

/**
 * Folds events before they are appended, so that a handler that throws prevents the append, and nothing must be read
 * afterwards.
 *
 * @param after the stream's state and version before them
 * @throws NotJson, and what a handler of `evolve` throws
 */
export async function previewEvents<S, E extends EventTypes>(
  { aggregate, clock }: Context<S, E>,
  streamId: string,
  after: { readonly state: S; readonly version: number },
  documents: readonly NewEventDocument[],
): Promise<Preview<S, E>> {
  let isGuess = false
  const recordedAt = () => {
    isGuess = true
    return new Date(clock.now()).toISOString()
  }
  // Copies, as a storage would return them, which share nothing with objects that the caller may change.
  const stored = documents.map((document, i) => {
    const definition = aggregate.events.definitions[document.eventType]
    const copy = definition && personalOf(definition).length > 0 ? copyPersonalJson : copyJson
    const eventData = copy(document.eventData, 'eventData') as JsonObject
    return asStored(streamId, after.version + 1 + i, { ...document, eventData }, recordedAt)
  })
  const events = await decodeEvents(aggregate.events, stored)
  let { state } = after
  for (const event of events) state = evolveState(aggregate, state, event)
  return { events, documents: stored, state: deepFreeze(state), isGuess }
}

function asStored(
  streamId: string,
  version: number,
  document: NewEventDocument,
  recordedAt: () => string,
): EventDocument {
  const metadata = copyJson(document.metadata, 'metadata') as EventDocument['metadata']
  Object.defineProperty(metadata, 'recordedAt', { enumerable: true, get: recordedAt })
  return {
    id: `${streamId}:${version}`,
    stream: { id: streamId, version },
    eventType: document.eventType,
    eventData: document.eventData,
    metadata,
  }
}
