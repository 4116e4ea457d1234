import { appendEvents } from '../append/append-events.ts'
import { assertExpectedVersion } from '../append/expected-version.ts'
import { WrongExpectedVersion } from '../errors/append.ts'
import type { EventDocument } from '../port/event-document.ts'
import type { AppendOptions, AppendResult, EventLog, EventQuery, LoadedStream, ReadOptions } from '../port/event-log.ts'
import type { StoragePort } from '../port/storage.ts'
import { followingPage } from '../reading/following-page.ts'
import { guardedTelemetry } from '../telemetry/guarded-telemetry.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { categoryOf, traceAppend } from '../telemetry/trace-append.ts'
import { decodeEvents, type EncodeContext, encodeEvents } from './codec.ts'
import { sealDocuments } from './sealing/seal-documents.ts'
import type { EventSet, EventTypes, NewEvent, RecordedEvent } from './types.ts'

/** The log, typed by a set of events. Reading skips types outside the set. */
export interface EventStore<E extends EventTypes> {
  /**
   * Validates, seals and appends; see `EventLog.append`.
   *
   * @throws InvalidEventData, UnknownEventType, VaultRequired, PersonForgotten, and those of the log and the vault
   */
  append(
    streamId: string,
    events: readonly NewEvent<E>[],
    options: Pick<AppendOptions, 'expectedVersion'> & Pick<EncodeContext, 'metadata'>,
  ): Promise<AppendResult>
  /**
   * Reads a stream page by page.
   *
   * @throws StreamDeleted, EventSchemaTooNew, UpcastFailed; VaultRequired, and those of the vault
   */
  read(streamId: string, options?: ReadOptions): AsyncIterable<RecordedEvent<E>>
  /** Reads a part of a stream and its version. @throws as `read` does */
  load(
    streamId: string,
    options?: ReadOptions,
  ): Promise<{ readonly events: readonly RecordedEvent<E>[]; readonly version: number }>
  /** Reads across streams in the order of recording; by default only the set's types. @throws InvalidQuery */
  query(query: EventQuery & { readonly types?: readonly (keyof E & string)[] }): AsyncIterable<RecordedEvent<E>>
}

/** Types a storage's log by a set of events. `telemetry` counts and traces what is appended. */
export function eventStore<E extends EventTypes>(
  storage: Pick<StoragePort, 'events' | 'vault' | 'writerSeal'>,
  set: EventSet<E>,
  options: { readonly telemetry?: Telemetry } = {},
): EventStore<E> {
  const { events: log, vault } = storage
  const opening = { vault }
  const telemetry = guardedTelemetry(options.telemetry)
  return {
    async append(streamId, events, options) {
      assertExpectedVersion(options?.expectedVersion)
      const { expectedVersion, ...given } = options
      return traceAppend(telemetry, streamId, given.metadata, async (metadata) => {
        const encoded = await encodeEvents(set, events, metadata ? { metadata } : {})
        const documents = await sealDocuments(vault, streamId, encoded, set.definitions)
        try {
          const result = await appendEvents(storage, streamId, documents, { expectedVersion }, telemetry)
          if (!result.duplicate) telemetry.count('tidemark.events.appended', documents.length, categoryOf(streamId))
          return result
        } catch (error) {
          if (error instanceof WrongExpectedVersion)
            telemetry.count('tidemark.append.conflicts', 1, categoryOf(streamId))
          throw error
        }
      })
    },
    async *read(streamId, options) {
      for await (const page of pages(log, streamId, options)) {
        for (const event of await decodeEvents(set, page, opening)) {
          options?.signal?.throwIfAborted()
          yield event
        }
      }
    },
    async load(streamId, options) {
      const { events, version } = await log.load(streamId, options)
      return { events: await decodeEvents(set, events, opening), version }
    },
    async *query(query) {
      const types = query.types ?? Object.keys(set.definitions)
      for await (const document of log.query({ ...query, types })) yield* await decodeEvents(set, [document], opening)
    },
  }
}

const PAGE = 500

// Page by page and not event by event, because decoding is asynchronous and a turn of the event loop for each event
// would cost more than reading it.
async function* pages(
  log: EventLog,
  streamId: string,
  options: ReadOptions = {},
): AsyncIterable<readonly EventDocument[]> {
  let rest: ReadOptions | undefined = options
  while (rest !== undefined) {
    const limit = Math.min(rest.limit ?? PAGE, PAGE)
    const { events }: LoadedStream = await log.load(streamId, { ...rest, limit })
    yield events
    rest = events.length < limit || events.length === 0 ? undefined : followingPage(rest, events)
  }
}
