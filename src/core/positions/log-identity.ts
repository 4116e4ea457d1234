import { IncarnationMismatch, LogDiverged, TidemarkAheadOfLog } from '../errors/feed.ts'
import type { ViewDocument } from '../port/view-store.ts'
import { hashOf } from './stream-slot.ts'

/**
 * A short mark of an event: 32 bits of the hash of its id, in upper-case hexadecimal. Stored beside a position, it
 * shows whether the event there is still the same: after a restore, the same LSN, stream and version are assigned to
 * another event.
 */
export const eventMark = (eventId: string): string => hashOf(eventId).slice(0, 8)

/** @throws IncarnationMismatch if a view was folded from another incarnation of the log */
export function assertIncarnation(
  { id, incarnation }: Pick<ViewDocument, 'id' | 'incarnation'>,
  expected: string,
): void {
  if (incarnation !== expected) throw new IncarnationMismatch(`View ${id}`, expected, incarnation)
}

/** Whether an error means that the log is older than the data derived from it, which accepting the log resolves. */
export const isOlderLog = (error: unknown): error is LogDiverged | TidemarkAheadOfLog =>
  error instanceof LogDiverged || error instanceof TidemarkAheadOfLog
