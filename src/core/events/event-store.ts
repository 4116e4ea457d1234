import type { AppendOptions, AppendResult, EventQuery, ReadOptions } from '../port/event-log.ts'
import type { StoragePort } from '../port/storage.ts'
import { decodeEvents, type EncodeContext, encodeEvents } from './codec.ts'
import type { EventDefinitions, EventSet, NewEvent, RecordedEvent } from './types.ts'

/** The log, typed by a set of events. Types outside the set are passed over when reading. */
export type EventStore<D extends EventDefinitions> = {
  /** Validates and appends; see `EventLog.append`. @throws InvalidEventData, UnknownEventType and those of the log */
  append(
    streamId: string,
    events: readonly NewEvent<D>[],
    options: AppendOptions & Pick<EncodeContext, 'metadata'>,
  ): Promise<AppendResult>
  /** Reads a stream page by page. @throws StreamDeleted, EventSchemaTooNew, UpcastFailed */
  read(streamId: string, options?: ReadOptions): AsyncIterable<RecordedEvent<D>>
  /** Reads a part of a stream and its version. @throws as `read` does */
  load(
    streamId: string,
    options?: ReadOptions,
  ): Promise<{ readonly events: readonly RecordedEvent<D>[]; readonly version: number }>
  /** Reads across streams in the order of recording; by default only the set's types. @throws InvalidQuery */
  query(query: EventQuery & { readonly types?: readonly (keyof D & string)[] }): AsyncIterable<RecordedEvent<D>>
}

/** Types a storage's log by a set of events. */
export function eventStore<D extends EventDefinitions>(
  storage: Pick<StoragePort, 'events'>,
  set: EventSet<D>,
): EventStore<D> {
  const log = storage.events
  return {
    async append(streamId, events, { expectedVersion, metadata }) {
      const documents = await encodeEvents(set, events, metadata ? { metadata } : {})
      return log.append(streamId, documents, { expectedVersion })
    },
    async *read(streamId, options) {
      for await (const document of log.read(streamId, options)) yield* await decodeEvents(set, [document])
    },
    async load(streamId, options) {
      const { events, version } = await log.load(streamId, options)
      return { events: await decodeEvents(set, events), version }
    },
    async *query(query) {
      const types = query.types ?? Object.keys(set.definitions)
      for await (const document of log.query({ ...query, types })) yield* await decodeEvents(set, [document])
    },
  }
}
