import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { AppendRequest } from '../append/request.ts'
import type { Operation } from '../client/operation.ts'
import { eventIdOf, type StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { queryStream, readHead } from './stream-query.ts'

/** The result of a query of a stream. Each query uses the session token of the previous one. */
export type Seen = {
  /** The last event, if it was seen; without one, the stream is not past the requested version. */
  readonly head: StoredEvent | undefined
  /** The events with one of the ids. */
  readonly known: ReadonlyMap<string, StoredEvent>
  readonly session: string | undefined
}

/**
 * Queries what an append must know: the head, or that it is not past the expected version, and the events with its ids.
 */
export async function look(operation: Operation, handle: Handle, request: AppendRequest): Promise<Seen> {
  const { streamId, expectedVersion, events } = request
  const ids = events.map(({ metadata }) => metadata.eventId)
  const expected = expectedVersion === 'noStream' ? 0 : expectedVersion
  if (typeof expected === 'number') return lookFrom(operation, handle, streamId, expected, ids)
  const { head, session } = await readHead(operation, handle, streamId)
  if (head === undefined || head.eventType === TOMBSTONE) return { head, known: new Map(), session }
  return { head, ...(await lookForIds(operation, handle, streamId, ids)) }
}

// How many events past the expected version are worth fetching: those of a repeat, and of concurrent writers.
const SHOWN = 100

async function lookFrom(
  operation: Operation,
  handle: Handle,
  streamId: string,
  version: number,
  ids: readonly string[],
): Promise<Seen> {
  const query = {
    where: 'c.stream.version >= @version OR ARRAY_CONTAINS(@ids, c.metadata.eventId)',
    parameters: [
      { name: '@version', value: version },
      { name: '@ids', value: [...ids] },
    ],
    order: 'DESC',
  } as const
  const { rows, complete, session } = await queryStream(operation, handle, streamId, query, ids.length + SHOWN)
  const newest = rows[0]
  const head = newest !== undefined && newest.stream.version >= version ? newest : undefined
  if (complete || head?.eventType === TOMBSTONE) return { head, known: byId(rows, ids), session }
  return { head, ...(await lookForIds(operation, handle, streamId, ids)) }
}

/** Finds the events with ids in a stream. */
export async function lookForIds(
  operation: Operation,
  handle: Handle,
  streamId: string,
  ids: readonly string[],
): Promise<Omit<Seen, 'head'>> {
  const query = {
    where: 'ARRAY_CONTAINS(@ids, c.metadata.eventId)',
    parameters: [{ name: '@ids', value: [...ids] }],
  }
  const { rows, session } = await queryStream(operation, handle, streamId, query)
  return { known: byId(rows, ids), session }
}

function byId(rows: readonly StoredEvent[], ids: readonly string[]): Map<string, StoredEvent> {
  const wanted = new Set(ids)
  const known = new Map<string, StoredEvent>()
  for (const row of rows) if (wanted.has(eventIdOf(row))) known.set(eventIdOf(row), row)
  return known
}
