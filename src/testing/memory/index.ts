import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { OpenOptions, StorageLimits, StoragePort } from '../../core/port/storage.ts'
import { appender } from './append.ts'
import { changeFeed } from './feed.ts'
import { openHandle } from './handle.ts'
import { leaseStore } from './leases.ts'
import { streamLister } from './list-streams.ts'
import { assertLogHolds, loseTail } from './log-identity.ts'
import { mergePartitions, splitPartition } from './partitions.ts'
import { querier } from './query.ts'
import { reader } from './read.ts'
import { snapshotStore } from './snapshots.ts'
import { emptyState, type MemoryState } from './state.ts'
import { deleter } from './tombstone.ts'
import { viewStore } from './views.ts'

export type { MemoryState } from './state.ts'

/** The options of a storage in memory. */
export type MemoryOptions = OpenOptions & {
  /** Feed ranges of a new database, 1 to 1,024; default 1. */
  readonly ranges?: number
  readonly clock?: Clock
  readonly limits?: Partial<StorageLimits>
  /** What a call awaits before it acts, and again before it returns; default a turn of the event loop. */
  readonly turn?: () => Promise<void>
  /** The database of another handle, instead of a new one: what a second process would open. */
  readonly shared?: MemoryState
}

/** A storage in memory. */
export type MemoryStorage = StoragePort & {
  /** The whole database, as plain data: for simulators and for further handles. */
  readonly state: MemoryState
  /**
   * Splits the partition that contains a hash there, as a growing database does: the feed range is split, too, and
   * reading it as a whole fails with `FeedRangeGone`. Nothing happens if it is already split there.
   */
  split(hash: string): void
  /**
   * Merges the two partitions that meet at a hash, as a shrinking database does: the feed ranges stay as they are, from
   * then on the LSNs of both come from one counter, and earlier appends may share one. Nothing happens if no partitions
   * meet there.
   */
  merge(hash: string): void
  /** Another handle onto the same database, like a second process's. */
  reopen(options?: Pick<MemoryOptions, 'clock' | 'acceptDivergedLog'>): MemoryStorage
  /**
   * Removes the events of a stream from a version on, as restoring an older copy of the log does: their LSNs are
   * assigned again. They must be the last ones of their partition.
   */
  loseTail(streamId: string, from: number): void
}

const LIMITS: StorageLimits = { eventsPerAppend: 1000, bytesPerAppend: 2_000_000, bytesPerView: 2_000_000 }

/**
 * Opens a storage in memory, for tests: a faithful model of the port, with the more demanding choice where databases
 * differ. All events of one append share one LSN, erasing leaves gaps, every call takes some turns of the event loop
 * and acts at one moment between them, and documents are copied in and out.
 *
 * @throws InvalidConfiguration for an invalid number of ranges; LogDiverged, TidemarkAheadOfLog
 */
export function openMemory(options: MemoryOptions = {}): MemoryStorage {
  const { ranges = 1, clock = systemClock, shared, turn } = options
  if (!Number.isSafeInteger(ranges) || ranges < 1 || ranges > 1024) {
    throw new InvalidConfiguration('ranges', 'must be a whole number from 1 to 1,024')
  }
  const limits = { ...LIMITS, ...options.limits }
  const state = shared ?? emptyState(ranges)
  assertLogHolds(state, options.acceptDivergedLog)
  const handle = openHandle(state, clock, limits, turn)
  return {
    events: {
      append: appender(handle),
      ...reader(handle),
      query: querier(handle),
      streams: streamLister(handle),
      ...deleter(handle),
    },
    feed: changeFeed(handle),
    viewStore: viewStore(handle),
    leases: leaseStore(handle),
    snapshots: snapshotStore(handle),
    limits,
    incarnation: state.incarnation,
    state,
    split: (hash) => {
      splitPartition(state, hash)
      handle.wake('events')
    },
    merge: (hash) => mergePartitions(state, hash),
    loseTail: (streamId, from) => loseTail(state, streamId, from),
    ping: () => handle.run(() => {}),
    reopen: (other = {}) => openMemory({ clock, limits, ...(turn && { turn }), ...other, shared: state }),
    close: () => handle.close(),
    [Symbol.asyncDispose]: () => handle.close(),
  }
}
