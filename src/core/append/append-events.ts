import { stampEvents } from '../events/stamp-events.ts'
import type { NewEventDocument } from '../port/event-document.ts'
import type { AppendOptions, AppendResult, EventLog } from '../port/event-log.ts'
import type { StoragePort } from '../port/storage.ts'
import { noTelemetry, type Telemetry } from '../telemetry/telemetry.ts'
import { categoryOf } from '../telemetry/trace-append.ts'

/** What new events are appended with. */
export type AppendStorage = Pick<StoragePort, 'writerSeal'> & { readonly events: Pick<EventLog, 'append'> }

/**
 * Stamps events and appends them. Everything that appends uses it, except for a copy, which keeps events as they are.
 *
 * @param telemetry measures how long the storage takes, whatever the outcome
 * @throws as `EventLog.append` does
 */
export async function appendEvents(
  { events, writerSeal }: AppendStorage,
  streamId: string,
  documents: readonly NewEventDocument[],
  options: AppendOptions,
  telemetry: Telemetry = noTelemetry,
): Promise<AppendResult> {
  const stamped = stampEvents(writerSeal, streamId, documents, options.expectedVersion)
  const stop = telemetry.time('tidemark.append.duration', categoryOf(streamId))
  try {
    return await events.append(streamId, stamped, options)
  } finally {
    stop()
  }
}
