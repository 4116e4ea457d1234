import { BSON } from 'mongodb'
import { type PreparedEvent, prepareAppend } from '../../core/append/prepare-append.ts'
import { uuidV7 } from '../../core/append/uuid.ts'
import { EventIdReused, StreamDeleted, StreamNotFound, WrongExpectedVersion } from '../../core/errors/append.ts'
import { AppendTooLarge } from '../../core/errors/input.ts'
import type { AppendOptions, AppendResult, EventLog } from '../../core/port/event-log.ts'
import { encodePosition, type PositionToken } from '../../core/positions/position-token.ts'
import { placeOf } from '../../core/positions/stream-slot.ts'
import type { AppendQueue } from './append/append-queue.ts'
import type { AppendItem, Outcome } from './append/items.ts'
import { deadlineIn } from './client/deadline.ts'
import { MOST_BSON } from './client/limits.ts'
import { storedEvents } from './documents.ts'
import type { Handle } from './handle.ts'

/** `EventLog.append`. */
export function appender(handle: Handle, appends: AppendQueue): EventLog['append'] {
  return async (streamId, events, options) => {
    handle.assertOpen()
    const prepared = prepareAppend(streamId, events, options, handle.limits)
    return submit(handle, appends, 'append', streamId, options, prepared)
  }
}

/**
 * Writes events, or a tombstone, together with other waiting appends, and converts the outcome to a result or an error.
 */
export async function submit(
  handle: Handle,
  appends: AppendQueue,
  kind: AppendItem['kind'],
  streamId: string,
  { expectedVersion: expected, recordedAt }: AppendOptions,
  events: readonly PreparedEvent[],
): Promise<AppendResult> {
  const place = placeOf(streamId, handle.ranges.length)
  const bytes = events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0)
  const now = (recordedAt ?? new Date(Math.floor(handle.clock.now()))).toISOString()
  const item: AppendItem = { kind, streamId, place, expected, now, appendId: uuidV7(), events, bytes }
  assertFits(item)
  const outcome = await handle.during(appends.submit(item, deadlineIn(handle.deadline)))
  if (outcome.kind === 'appended') handle.watch.notify('events', place.slot)
  return resultOf(handle, item, outcome)
}

function resultOf(handle: Handle, { streamId, place, expected }: AppendItem, outcome: Outcome): AppendResult {
  switch (outcome.kind) {
    case 'appended':
    case 'duplicate': {
      const { kind, version } = outcome
      const position = positionAt(handle, { streamId, version, hash: place.hash })
      return { version, position, duplicate: kind === 'duplicate' }
    }
    case 'conflict':
      throw new WrongExpectedVersion(streamId, expected, outcome.actual)
    case 'reused':
      throw new EventIdReused(streamId, outcome.eventId)
    case 'deleted':
      throw new StreamDeleted(streamId)
    case 'absent':
      throw new StreamNotFound(streamId)
  }
}

/** The token of a position in the log: its LSN is known only when the feed is read. */
export const positionAt = (
  { incarnation }: Handle,
  mark: { readonly streamId: string; readonly version: number; readonly hash: string },
): PositionToken => encodePosition({ incarnation, marks: [mark] })

// No JSON of fewer bytes takes more BSON than a document may hold, including a text of it beside it: in the worst case,
// an array of a million small numbers, BSON takes less than seven times as much.
const ALWAYS_FITS = 2_000_000

function assertFits({ streamId, place, appendId, now, events, bytes }: AppendItem): void {
  if (bytes < ALWAYS_FITS) return
  for (const event of storedEvents(streamId, place, 0, appendId, now, events)) {
    const actual = BSON.calculateObjectSize(event, { ignoreUndefined: true })
    if (actual > MOST_BSON) throw new AppendTooLarge('bytes', actual, MOST_BSON)
  }
}
