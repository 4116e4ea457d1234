import { StreamDeleted } from '../../../core/errors/append.ts'
import { StorageCorrupt } from '../../../core/errors/storage.ts'
import { HUSK, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Operation } from '../client/operation.ts'
import { Parameters } from '../conditions.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { queryStream, readHead } from './stream-query.ts'

/** Versions, both inclusive; without `high`, up to the head. */
export type Window = { readonly low: number; readonly high?: number }

// A stream that is erased while its pages are read shows gaps; the next query shows its tombstone.
const LOOKS = 3

/**
 * Reads a window of a stream, the last event first.
 *
 * @param enough stop at that many events
 * @throws StreamDeleted; StorageCorrupt if versions are missing permanently
 */
export async function readWindow(
  operation: Operation,
  handle: Handle,
  streamId: string,
  { low, high }: Window,
  enough: number = Number.POSITIVE_INFINITY,
): Promise<readonly StoredEvent[]> {
  const parameters = new Parameters()
  const bounds = [`c.stream.version >= ${parameters.add(low)}`]
  if (high !== undefined) bounds.push(`c.stream.version <= ${parameters.add(high)}`)
  // The tombstone, wherever it is, comes first.
  const where = `(${bounds.join(' AND ')}) OR c.eventType = ${parameters.add(TOMBSTONE)}`
  const query = { where, parameters: parameters.all, order: 'DESC' } as const
  for (let look = 0; look < LOOKS; look++) {
    const { rows } = await queryStream(operation, handle, streamId, query, enough)
    if (rows[0]?.eventType === TOMBSTONE) throw new StreamDeleted(streamId)
    const events = rows.slice(0, enough)
    if (isWhole(events, low, enough)) return events
  }
  throw new StorageCorrupt(`Stream ${streamId} lacks versions`)
}

/** The version of a stream's last event, 0 if it does not exist. @throws StreamDeleted */
export async function headOf(operation: Operation, handle: Handle, streamId: string): Promise<number> {
  const { head } = await readHead(operation, handle, streamId)
  if (head?.eventType === TOMBSTONE) throw new StreamDeleted(streamId)
  return head?.stream.version ?? 0
}

function isWhole(events: readonly StoredEvent[], low: number, enough: number): boolean {
  const last = events.at(-1)
  if (last === undefined) return true
  const highest = events[0]?.stream.version ?? 0
  const isInOrder = events.every(({ stream, eventType }, i) => stream.version === highest - i && eventType !== HUSK)
  return isInOrder && (last.stream.version === low || events.length === enough)
}
