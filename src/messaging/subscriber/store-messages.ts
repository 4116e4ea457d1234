import { appendEach } from '../../core/append/append-each.ts'
import type { TidemarkError } from '../../core/errors/base.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'

/** What became of a message: it is in the log, was there already, is for a stream or person that is gone, or cannot be. */
export type StoreOutcome =
  | { readonly kind: 'stored' | 'duplicate' | 'gone' }
  | { readonly kind: 'refused'; readonly reason: string; readonly description: string }

/** An event on its way into a stream. */
export type Arrival = { readonly stream: string; readonly document: NewEventDocument }

/** Where messages are stored. */
export type SubscriberStorage = Pick<StoragePort, 'vault' | 'writerSeal' | 'events' | 'limits'>

const GONE = new Set(['StreamDeleted', 'PersonForgotten'])

/**
 * Appends events of one stream, in order: all in one append if possible, or else one by one.
 *
 * @throws what says nothing about an event, such as that the storage is unavailable; some may be stored then
 */
export async function storeArrivals(
  storage: SubscriberStorage,
  definitions: EventDefinitions,
  arrivals: readonly Arrival[],
): Promise<readonly StoreOutcome[]> {
  if (arrivals.length === 0) return []
  const { stream } = arrivals[0] as Arrival
  const documents = arrivals.map(({ document }) => document)
  const outcomes = await appendEach(storage, stream, documents, definitions)
  return outcomes.map((outcome) => {
    if (!('error' in outcome)) return { kind: outcome.duplicate ? 'duplicate' : 'stored' }
    // Repeating it would only hold up the messages behind it.
    return GONE.has(outcome.error.code) ? { kind: 'gone' } : refused(outcome.error)
  })
}

const refused = (error: TidemarkError): StoreOutcome => ({
  kind: 'refused',
  reason: error.code,
  // The id may be made from content.
  description: error.code === 'InvalidStreamId' ? 'its stream cannot have such an id' : error.message,
})
