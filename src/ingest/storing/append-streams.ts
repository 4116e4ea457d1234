import { type ArrivalStorage, appendEach, type EachOutcome } from '../../core/append/append-each.ts'
import { concurrently } from '../../core/async/concurrently.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import type { PreparedEvent } from './prepare-event.ts'

/** What became of the events of a request. */
export type Appended = {
  /** In the order of the events; undefined for those that were not appended because of the failure. */
  readonly outcomes: readonly (EachOutcome | undefined)[]
  /** What ended appending early, such as that the storage is unavailable. */
  readonly failure?: { readonly error: unknown }
}

const STREAMS_AT_ONCE = 16

/**
 * Appends the events of a request: those of one stream in one append, in order; different streams at the same time, and
 * independently of each other.
 */
export async function appendStreams(
  storage: ArrivalStorage,
  definitions: EventDefinitions,
  events: readonly PreparedEvent[],
): Promise<Appended> {
  const outcomes: (EachOutcome | undefined)[] = events.map(() => undefined)
  const append = async (indexes: readonly number[]): Promise<undefined> => {
    const ofStream = indexes.map((index) => events[index] as PreparedEvent)
    const { streamId } = ofStream[0] as PreparedEvent
    const documents = ofStream.map(({ document }) => document)
    const results: EachOutcome[] = []
    try {
      await appendEach(storage, streamId, documents, definitions, results)
    } finally {
      // Of a stream that failed in the middle, the first ones are in the log.
      for (const [i, index] of indexes.entries()) outcomes[index] = results[i]
    }
  }
  try {
    const streams = [...Map.groupBy(events.keys(), (index) => (events[index] as PreparedEvent).streamId).values()]
    if (streams.length === 1) await append(streams[0] as number[])
    else await concurrently(STREAMS_AT_ONCE, streams, append)
    return { outcomes }
  } catch (error) {
    return { outcomes, failure: { error } }
  }
}
