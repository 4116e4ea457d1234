import type { Vault } from '../events/sealing/vault.ts'
import type { WriterSeal } from '../events/writer-seal.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { DocumentSeals } from './document-seals.ts'
import type { EventLog } from './event-log.ts'
import type { LeaseStore } from './lease-store.ts'
import type { SnapshotStore } from './snapshot-store.ts'
import type { StorageHealth } from './storage-health.ts'
import type { ViewStore } from './view-store.ts'

/** The limits of a storage. */
export type StorageLimits = {
  /** Events in one append. */
  readonly eventsPerAppend: number
  /** Bytes of one append's events: the UTF-8 of their type, data and metadata as JSON. */
  readonly bytesPerAppend: number
  /** Bytes of one view document as JSON. */
  readonly bytesPerView: number
}

/** How every adapter opens a storage, in addition to its own options. */
export type OpenOptions = {
  /**
   * Whether to accept a log that is older than the data derived from it: it gets a new incarnation, so everything
   * derived from the log must be rebuilt. Has no effect on a complete log. Default false.
   */
  readonly acceptDivergedLog?: boolean
}

/**
 * THE PORT: one opened database. An adapter is a function that returns one. Before it does, it compares the
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
  /** The identity of this incarnation of the log. */
  readonly incarnation: string
  /** The environment that it was opened for, if it was; no adapter has it. */
  readonly environment?: string
  /** What seals and opens personal data and payloads stored apart, if the storage was given one; no adapter has it. */
  readonly vault?: Vault
  /** What seals new events, if the storage was given one; no adapter has it. */
  readonly writerSeal?: WriterSeal
  /** What seals views and snapshots, if the storage was given it; no adapter has it. */
  readonly seals?: DocumentSeals
  /** Resolves when the database responds. @throws StorageUnavailable and similar errors */
  ping(): Promise<void>
  /**
   * What the database tells about itself without reading data: for who watches it, every few seconds. Only if it tells
   * more than a ping.
   *
   * @throws as `ping` does
   */
  health?(): Promise<StorageHealth>
  /**
   * Copies the storage, while it is in use, into a new folder that can be opened directly. Only if the adapter is the
   * database itself; other databases have their own tools.
   */
  backup?(folder: string): Promise<void>
  /**
   * Ends everything in progress, including waits for changes, then frees all resources; later calls throw
   * `StorageClosed`. It may be called again.
   */
  close(): Promise<void>
}
