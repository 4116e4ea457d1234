import type { JsonObject } from '../../../src/core/json/json.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'

/** What is in an event, as its row or its document holds it. The metadata lack what has a place of its own. */
export type RawEvent = {
  readonly eventType: string
  readonly eventData: JsonObject
  readonly metadata: JsonObject
}

/** An event by its stream and version. */
export type RawRef = readonly [streamId: string, version: number]

/**
 * A database as somebody sees it who may do everything in it, and who knows how Tidemark stores events: whatever is
 * easily kept consistent is.
 */
export type RawDatabase = AsyncDisposable & {
  readonly kind: 'embedded' | 'mongo' | 'cosmos'
  /** Opens the storage, as another process does. */
  open(): Promise<StoragePort>
  /** Replaces what is in an event. On Cosmos DB that moves it to the end of the feed. */
  change(event: RawRef, change: (event: RawEvent) => object): Promise<void>
  remove(...events: readonly RawRef[]): Promise<void>
  /** Gives all events of a stream to another stream. */
  rename(from: string, to: string): Promise<void>
  /** Adds an event at the end of the feed, and moves the head of its stream. */
  append(event: RawRef, content: RawEvent): Promise<void>
  /** Exchanges the versions of two events of a stream. */
  swapVersions(streamId: string, one: number, other: number): Promise<void>
  /** Exchanges the LSNs of two events of a range, if they are not the database's own. */
  swapPlaces?(one: RawRef, other: RawRef): Promise<void>
  /** Moves an event to an LSN that an erased event had, if they are not the database's own. */
  moveTo?(event: RawRef, erased: number): Promise<void>
  /** Sets whether a stream counts as deleted, if that is stored. */
  mark?(streamId: string, deleted: boolean): Promise<void>
}
