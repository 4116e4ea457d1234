import { compareEvents } from '../../core/adapters/compare-events.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { EventLog, EventQuery } from '../../core/port/event-log.ts'
import { parseFilter } from '../../core/reading/filter.ts'
import { eventLimitOf, recordedBoundOf } from '../../core/reading/query-options.ts'
import type { Operation } from './client/operation.ts'
import type { Handle } from './handle.ts'
import { type PartitionQueries, partitionQueries } from './partitions/partition-queries.ts'
import { recordedEvents } from './query/events.ts'
import { legacyEvents, legacyProbe } from './query/legacy-events.ts'
import { merged } from './query/source.ts'
import { deletedAmong } from './streams/deleted-among.ts'

const PAGE = 500

/** `EventLog.query`. */
export function querier(handle: Handle): EventLog['query'] {
  const queries = partitionQueries(handle.containers.events)
  const mayHaveLegacy = legacyProbe(queries, handle.timing)
  return async function* (query) {
    handle.assertOpen()
    assertQuery(query)
    const { limit = Number.POSITIVE_INFINITY, signal, types, category } = query
    if (types?.length === 0 || category?.includes(':')) return
    const recorded = recordedEvents(queries, query)
    const source = (await handle.run('query', mayHaveLegacy, signal))
      ? merged([recorded, legacyEvents(queries, query)], compareEvents)
      : recorded
    for (let left = limit; left > 0; ) {
      const readPage = async (operation: Operation) => {
        const { events, ended } = await source(operation, Math.min(PAGE, left))
        return { events: await withoutDeleted(operation, queries, events), ended }
      }
      const { events, ended } = await handle.run('query', readPage, signal)
      for (const event of events.slice(0, left)) {
        signal?.throwIfAborted()
        yield event
      }
      if (ended) return
      left -= events.length
    }
  }
}

/** Filters out events of streams that were ended but not, or not yet, erased. */
async function withoutDeleted(
  operation: Operation,
  queries: PartitionQueries,
  events: readonly EventDocument[],
): Promise<readonly EventDocument[]> {
  const streams = [...new Set(events.map(({ stream }) => stream.id))]
  const deleted = await deletedAmong(operation, queries, streams)
  return deleted.size === 0 ? events : events.filter(({ stream }) => !deleted.has(stream.id))
}

function assertQuery(query: EventQuery): void {
  parseFilter(query.where)
  eventLimitOf(query)
  recordedBoundOf(query.recorded?.from)
  recordedBoundOf(query.recorded?.to)
}
