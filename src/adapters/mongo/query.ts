import { compareEvents } from '../../core/adapters/compare-events.ts'
import type { EventLog, EventQuery } from '../../core/port/event-log.ts'
import { parseFilter } from '../../core/reading/filter.ts'
import { eventLimitOf, recordedBoundOf } from '../../core/reading/query-options.ts'
import type { Attempt } from './client/run.ts'
import { conditionFilters, type DocumentFilter } from './conditions.ts'
import { type StoredEvent, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'

const PAGE = 500

// The server merges intervals of an index, one for each type, up to 200; with more it would sort everything.
const MOST_TYPES = 100

/** The index for queries. */
export const QUERY_INDEX = { eventType: 1, 'metadata.recordedAt': 1, 'stream.id': 1, 'stream.version': 1 } as const

/** `EventLog.query`: page by page in the order of the index of type and time. */
export function querier(handle: Handle): EventLog['query'] {
  return async function* (query) {
    handle.assertOpen()
    const filters = filtersOf(query)
    const { signal } = query
    let left = eventLimitOf(query)
    let after: StoredEvent | undefined
    const types = query.types?.map(String) ?? (await handle.run((attempt) => allTypes(handle, attempt), signal))
    while (left > 0) {
      const size = Math.min(PAGE, left)
      const place = after && behind(after)
      const page = await handle.run(
        (attempt) => readPage(handle, attempt, types, place ? [...filters, place] : filters, size),
        signal,
      )
      for (const event of page.events) {
        signal?.throwIfAborted()
        yield toDocument(event)
        left--
      }
      if (page.found < size) return
      after = page.last
    }
  }
}

type Page = {
  readonly events: readonly StoredEvent[]
  /** How many there were, including those of deleted streams, and the last of them. */
  readonly found: number
  readonly last: StoredEvent | undefined
}

async function readPage(
  { collections: { events, streams } }: Handle,
  attempt: Attempt,
  types: readonly string[],
  filters: readonly DocumentFilter[],
  size: number,
): Promise<Page> {
  const parts: StoredEvent[][] = []
  for (let i = 0; i < types.length; i += MOST_TYPES) {
    const part = await events
      .find({ $and: [{ eventType: { $in: types.slice(i, i + MOST_TYPES) } }, ...filters] } as object, { ...attempt })
      .sort({ 'metadata.recordedAt': 1, 'stream.id': 1, 'stream.version': 1 })
      .hint(QUERY_INDEX)
      .limit(size)
      .batchSize(size)
      .toArray()
    parts.push(part)
  }
  const found = parts.length > 1 ? parts.flat().sort(compareEvents).slice(0, size) : (parts[0] ?? [])
  const ids = [...new Set(found.map(({ stream }) => stream.id))]
  const slots = [...new Set(found.map(({ slot }) => slot))]
  const ended = await streams.find({ _id: { $in: ids }, slot: { $in: slots }, deleted: true }, { ...attempt }).toArray()
  const deleted = new Set(ended.map(({ _id }) => _id))
  return {
    events: found.filter(({ stream }) => !deleted.has(stream.id)),
    found: found.length,
    last: found.at(-1),
  }
}

// One look-up in the index for each type, however many events there are.
const allTypes = ({ collections: { events } }: Handle, attempt: Attempt): Promise<string[]> =>
  events.distinct('eventType', {}, { ...attempt })

function filtersOf({ category, recorded, where }: EventQuery): DocumentFilter[] {
  const filters = [...conditionFilters(parseFilter(where), 'eventData')]
  const [from, to] = [recorded?.from, recorded?.to].map((bound) => textOf(recordedBoundOf(bound)))
  if (from !== undefined) filters.push({ 'metadata.recordedAt': { $gte: from } })
  if (to !== undefined) filters.push({ 'metadata.recordedAt': { $lt: to } })
  if (category !== undefined) filters.push({ 'stream.id': inCategory(category) })
  return filters
}

/** The ids that begin with a category: those between `<category>:` and the character after the colon. */
const inCategory = (category: string) =>
  category.includes(':') ? { $in: [] } : { $gte: `${category}:`, $lt: `${category};` }

function behind({ metadata: { recordedAt }, stream }: StoredEvent): DocumentFilter {
  return {
    'metadata.recordedAt': { $gte: recordedAt },
    $or: [
      { 'metadata.recordedAt': { $gt: recordedAt } },
      { 'stream.id': { $gt: stream.id } },
      { 'stream.id': { $eq: stream.id }, 'stream.version': { $gt: stream.version } },
    ],
  }
}

// Times in these years sort like text; nothing is recorded outside them.
const FIRST_TIME = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z')

function textOf(bound: number | undefined): string | undefined {
  if (bound === undefined) return undefined
  if (bound > LAST_TIME) return ':'
  return bound < FIRST_TIME ? '' : new Date(bound).toISOString()
}
