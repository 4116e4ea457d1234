import { EventIdReused, StreamDeleted, WrongExpectedVersion } from '../core/errors/append.ts'
import { CopyDiverged, NotCopyable } from '../core/errors/copy.ts'
import { AppendTooLarge, InvalidEvent, InvalidStreamId, NotJson } from '../core/errors/input.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { CopyableEvent } from './to-new-event.ts'

/** The context of writing an append. */
export type AppendTarget = {
  readonly target: StoragePort
  /** Whether an append that exceeds the target's limits may be divided into several. */
  readonly splitAppends: boolean
}

/**
 * Writes one append of the source. What is already there, from an interrupted copy, stays as it is.
 *
 * @throws NotCopyable before anything of it is written; CopyDiverged
 */
export async function writeAppend(to: AppendTarget, streamId: string, events: readonly CopyableEvent[]): Promise<void> {
  const { version, recordedAt } = events[0] as CopyableEvent
  const other = events.findIndex((event) => event.recordedAt.getTime() !== recordedAt.getTime())
  if (other > 0) {
    if (!to.splitAppends) throw new NotCopyable(streamId, version, `the times in its append differ; ${HOW}`)
    await writeAppend(to, streamId, events.slice(0, other))
    return writeAppend(to, streamId, events.slice(other))
  }
  try {
    const batch = events.map(({ event }) => event)
    await to.target.events.append(streamId, batch, { expectedVersion: version - 1, recordedAt })
  } catch (error) {
    // The tombstone is last, so everything before it was copied, and perhaps erased.
    if (error instanceof StreamDeleted) return
    if (!(error instanceof AppendTooLarge)) throw toCopyError(error, streamId, version)
    if (!to.splitAppends || events.length === 1) throw tooLarge(error, streamId, version, events.length)
    const half = events.length >> 1
    await writeAppend(to, streamId, events.slice(0, half))
    await writeAppend(to, streamId, events.slice(half))
  }
}

const HOW = '--split-appends divides it'

function tooLarge(cause: AppendTooLarge, streamId: string, version: number, events: number): NotCopyable {
  const { unit, actual, limit } = cause
  const how = events > 1 ? `; ${HOW}` : ''
  const reason = `its append of ${actual} ${unit} exceeds the target's limit of ${limit}${how}`
  return new NotCopyable(streamId, version, reason, { cause })
}

/** What an error of the target means for a copy. */
export function toCopyError(error: unknown, streamId: string, version: number): unknown {
  if (error instanceof WrongExpectedVersion || error instanceof EventIdReused || error instanceof StreamDeleted) {
    return new CopyDiverged(streamId, { cause: error })
  }
  if (error instanceof InvalidEvent || error instanceof InvalidStreamId || error instanceof NotJson) {
    return new NotCopyable(streamId, version, error.message, { cause: error })
  }
  return error
}
