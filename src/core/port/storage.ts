import type { ChangeFeed } from './change-feed.ts'
import type { EventLog } from './event-log.ts'
import type { LeaseStore } from './lease-store.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import type { ViewStore } from './view-store.ts'

/** What a storage takes. */
export type StorageLimits = {
  /** Events in one append. */
  readonly eventsPerAppend: number
  /** Bytes of one append's events: the UTF-8 of their type, data and metadata as JSON. */
  readonly bytesPerAppend: number
  /** Bytes of one view document as JSON. */
  readonly bytesPerView: number
}

/** How every adapter opens a storage, besides its own options. */
export type OpenOptions = {
  /**
   * Whether a log that is older than what was derived from it is accepted: it becomes another incarnation, so that
   * everything derived from the log has to be rebuilt. Nothing happens where the log holds everything. Default false.
   */
  readonly acceptDivergedLog?: boolean
}

/**
 * THE PORT: one opened database. An adapter is a function that gives one of these. Before it does, it compares the
 * continuations of all leases with the log (see `furthestPlaces`) and throws `LogDiverged` or `TidemarkAheadOfLog`, so
 * that nothing is acknowledged on top of a log that lost its end.
 */
export interface StoragePort extends AsyncDisposable {
  readonly events: EventLog
  readonly feed: ChangeFeed
  readonly viewStore: ViewStore
  readonly leases: LeaseStore
  readonly snapshots: SnapshotStore
  readonly limits: StorageLimits
  /** The identity of this life of the log. */
  readonly incarnation: string
  /** Resolves when the database answers. @throws StorageUnavailable and its neighbours */
  ping(): Promise<void>
  /**
   * Copies the storage, while it is used, into a new folder, from which it can be opened. Only where the adapter is
   * the database itself; other databases have tools of their own.
   */
  backup?(folder: string): Promise<void>
  /**
   * Ends what was begun, waits for changes included, then frees everything; later calls throw `StorageClosed`. It can
   * be called again.
   */
  close(): Promise<void>
}
