import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { type EventDocument, HUSK, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Operation } from '../client/operation.ts'
import type { PartitionQueries } from '../partitions/partition-queries.ts'
import { deletedAmong } from '../streams/deleted-among.ts'

/**
 * Compares placeholders and tombstones with the streams that they belong to; what they should be is queried only if there
 * are any. Placeholders without a fault are left out.
 */
export async function withDeletionFaults(
  operation: Operation,
  queries: PartitionQueries,
  events: readonly FeedEvent[],
): Promise<readonly FeedEvent[]> {
  const erased = events.filter(({ event }) => isErased(event)).map(({ event }) => event.stream.id)
  const tombstones = events.filter(({ event }) => event.eventType === TOMBSTONE).map(({ event }) => event)
  const ended = await deletedAmong(operation, queries, [...new Set(erased)])
  const continued = await continuedAmong(operation, queries, tombstones)
  const faultOf = (event: EventDocument): string | undefined => {
    if (isErased(event) && !ended.has(event.stream.id)) return 'is a placeholder, although its stream was not deleted'
    return event.eventType === TOMBSTONE && continued.has(event.id) ? 'is a tombstone with events behind it' : undefined
  }
  return events.flatMap((one) => {
    const fault = one.fault ?? faultOf(one.event)
    if (fault === undefined) return one.event.eventType === HUSK ? [] : [one]
    return [{ ...one, fault }]
  })
}

const isErased = ({ eventType, metadata }: EventDocument): boolean => eventType === HUSK && metadata.eventId === HUSK

/** The ids of tombstones that are not the last events of their streams. */
async function continuedAmong(
  operation: Operation,
  queries: PartitionQueries,
  tombstones: readonly EventDocument[],
): Promise<ReadonlySet<string>> {
  if (tombstones.length === 0) return new Set()
  const next = new Map(tombstones.map(({ id, stream }) => [`${stream.id}:${stream.version + 1}`, id]))
  const streams = [...new Set(tombstones.map(({ stream }) => stream.id))]
  const found = await queries.about<string>(operation, streams, (keys) => ({
    query: 'SELECT VALUE c.id FROM c WHERE ARRAY_CONTAINS(@streams, c.stream.id) AND ARRAY_CONTAINS(@ids, c.id)',
    parameters: [
      { name: '@streams', value: [...keys] },
      { name: '@ids', value: [...next.keys()] },
    ],
  }))
  return new Set(found.flatMap((id) => next.get(id) ?? []))
}
