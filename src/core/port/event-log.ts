import type { ExpectedVersion } from '../append/expected-version.ts'
import type { Position } from '../positions/position.ts'
import type { PositionToken } from '../positions/position-token.ts'
import type { Filter } from '../reading/filter.ts'
import type { EventDocument, NewEventDocument } from './event-document.ts'

/** The result of an append. */
export type AppendResult = {
  /** The version of the append's last event. */
  readonly version: number
  /** The position of the append's end; pass it to `waitFor`. */
  readonly position: PositionToken
  /** Whether these events were already stored, so that nothing was written. */
  readonly duplicate: boolean
}

/** An append, looked up by one of its event ids. */
export type FoundAppend = {
  readonly version: number
  readonly position: PositionToken
  /** All events of that append, in order. */
  readonly events: readonly EventDocument[]
}

export type AppendOptions = {
  readonly expectedVersion: ExpectedVersion
  /**
   * When the events were recorded elsewhere, for copying a log; by default the time of the adapter's clock. It still
   * never decreases within a stream.
   */
  readonly recordedAt?: Date
}

/** Versions and counts are whole numbers from 0; see `readOptionsOf`. */
export type ReadOptions = {
  /** The first version, inclusive: the lowest forwards (default 1), the highest backwards (default: the head). */
  readonly from?: number
  /** The last version, inclusive (default: the head forwards, 1 backwards). */
  readonly to?: number
  readonly direction?: 'forwards' | 'backwards'
  /** The maximum number of events; with 0, `load` returns only the version. */
  readonly limit?: number
  /** When it is aborted, reading throws its reason. */
  readonly signal?: AbortSignal
}

/** A part of a stream together with the version of its head. */
export type LoadedStream = {
  readonly events: readonly EventDocument[]
  /** The stream's version: 0 if it does not exist; also set if `events` is empty because `from` is past the end. */
  readonly version: number
}

/** A query across streams; all conditions must hold. */
export type EventQuery = {
  /** Any of these types; an empty list matches nothing. */
  readonly types?: readonly string[]
  readonly category?: string
  /** `from` inclusive, `to` exclusive. */
  readonly recorded?: { readonly from?: Date; readonly to?: Date }
  /** Conditions on `eventData`. */
  readonly where?: Filter
  /** The maximum number of events, a whole number from 1. */
  readonly limit?: number
  /** When it is aborted, reading throws its reason. */
  readonly signal?: AbortSignal
}

/** Which streams are listed. */
export type StreamsQuery = {
  /** Only those of this category. */
  readonly category?: string
  /** Only those that come after this text in the order of the list; it need not name a stream. */
  readonly after?: string
  /** At most this many, a whole number from 1. */
  readonly limit?: number
  /** When it is aborted, listing throws its reason. */
  readonly signal?: AbortSignal
}

/**
 * Where the end of an append is: a position, not in the feed yet (no reader has sequenced it), or erased and therefore
 * passed.
 */
export type Located = { readonly streamId: string; readonly hash: string } & (
  | { readonly at: Position }
  | { readonly at: 'pending' | 'erased' }
)

/** The log of all streams. Stream ids are checked before any I/O: `InvalidStreamId`. */
export interface EventLog {
  /**
   * Appends all events or none, with the version check in the same transaction; when it resolves, they are durable.
   * Repeating an append with the same event ids returns the first result with `duplicate: true`; see `judgeAppend`.
   *
   * @throws WrongExpectedVersion, EventIdReused, StreamDeleted, EmptyAppend, AppendTooLarge, InvalidExpectedVersion,
   *   InvalidEvent (an id twice in one append, a reserved type, an invalid time)
   */
  append(streamId: string, events: readonly NewEventDocument[], options: AppendOptions): Promise<AppendResult>

  /**
   * Reads a stream page by page; memory does not grow with the stream. A stream that does not exist is empty.
   *
   * @throws StreamDeleted, InvalidOption
   */
  read(streamId: string, options?: ReadOptions): AsyncIterable<EventDocument>

  /** Reads a part of a stream, and its version, at one moment. @throws StreamDeleted, InvalidOption */
  load(streamId: string, options?: ReadOptions): Promise<LoadedStream>

  /** Finds the append that wrote an event id into a stream, by index. @throws StreamDeleted */
  findAppend(streamId: string, eventId: string): Promise<FoundAppend | undefined>

  /**
   * Reads across streams in the order of (recordedAt, stream id, version), indexed by type and time. Tombstones,
   * placeholders and events of deleted streams are not included.
   *
   * @throws InvalidQuery
   */
  query(query: EventQuery): AsyncIterable<EventDocument>

  /**
   * The ids of all streams, in the order of their code points, page by page; memory does not grow with their number, and
   * the cost does not grow with the number of events. Deleted streams are not among them. A stream that begins meanwhile
   * is listed or not.
   *
   * @throws InvalidQuery for a bad limit
   */
  streams(query?: StreamsQuery): AsyncIterable<string>

  /**
   * Ends a stream permanently with a marker event at head + 1, which conflicts with any concurrent append.
   *
   * @param marker its metadata; the type is always `$tombstone` and the data empty. A repeat with the same event id
   *   returns the first result with `duplicate: true`, also after the stream was erased.
   *
   * @throws WrongExpectedVersion, StreamNotFound (nothing to end, whatever is expected), StreamDeleted (it has already
   *   ended, under another event id), EventIdReused (an event of the stream has that id)
   */
  tombstone(streamId: string, marker: Pick<NewEventDocument, 'metadata'>, options: AppendOptions): Promise<AppendResult>

  /**
   * Erases the events of an ended stream from the last one below the tombstone downwards; version 1 becomes a
   * placeholder. Call it again after an interruption.
   *
   * @param options.limit erase at most this many events in this call, a whole number from 1
   * @returns whether nothing is left to erase
   * @throws StreamNotFound if the stream has no tombstone; InvalidOption
   */
  erase(streamId: string, options?: { readonly limit?: number }): Promise<{ readonly done: boolean }>

  /**
   * Locates a position in the feed, with one result for each stream that it spans. What the token says about a position
   * or a session is only a hint, because it may be forged. A version past the end of its stream is InvalidPosition; if
   * the responding replica may lag, the result may be `pending` until it has caught up.
   *
   * @throws InvalidPosition, IncarnationMismatch
   */
  locate(position: PositionToken): Promise<readonly Located[]>
}
