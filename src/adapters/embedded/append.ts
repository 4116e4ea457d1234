import { type PreparedEvent, prepareAppend } from '../../core/append/prepare-append.ts'
import { EventIdReused, StreamDeleted, StreamNotFound, WrongExpectedVersion } from '../../core/errors/append.ts'
import type { AppendOptions, AppendResult, EventLog } from '../../core/port/event-log.ts'
import { encodePosition, type PositionToken } from '../../core/positions/position-token.ts'
import { placeOf } from '../../core/positions/stream-slot.ts'
import type { Handle } from './handle.ts'
import { fromText, toText } from './sqlite/text.ts'

/** `EventLog.append`. */
export function appender(handle: Handle): EventLog['append'] {
  return async (streamId, events, options) => {
    handle.assertOpen()
    const prepared = prepareAppend(streamId, events, options, handle.limits)
    return submit(handle, 'append', streamId, options, prepared)
  }
}

/** Sends events, or a tombstone, to the writer, and converts its reply to a result or an error. */
export async function submit(
  handle: Handle,
  kind: 'append' | 'tombstone',
  streamId: string,
  { expectedVersion: expected, recordedAt }: AppendOptions,
  events: readonly PreparedEvent[],
): Promise<AppendResult> {
  const { hash, slot } = placeOf(streamId, handle.ranges.length)
  const texts: string[] = []
  let size = 0
  for (const { eventId, type, data, metadata } of events) {
    texts.push(toText(eventId), toText(type), data, metadata)
    size += data.length + metadata.length
  }
  const now = recordedAt?.getTime() ?? Math.floor(handle.clock.now())
  const answer = await handle.log.writer.submit([kind, streamId, slot, expected, now, texts], size)
  switch (answer[0]) {
    case 'appended':
    case 'duplicate': {
      const [, version, lsn] = answer
      const position = positionAt(handle, { streamId, version, hash, lsn })
      return { version, position, duplicate: answer[0] === 'duplicate' }
    }
    case 'conflict':
      throw new WrongExpectedVersion(streamId, expected, answer[1])
    case 'reused':
      throw new EventIdReused(streamId, fromText(answer[1]))
    case 'deleted':
      throw new StreamDeleted(streamId)
    default:
      throw new StreamNotFound(streamId)
  }
}

/** The token of a position in the log. */
export const positionAt = (
  { incarnation }: Handle,
  mark: { readonly streamId: string; readonly version: number; readonly hash: string; readonly lsn: number },
): PositionToken => encodePosition({ incarnation, marks: [mark] })
