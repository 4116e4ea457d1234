import type { MongoClient } from 'mongodb'
import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { OpenOptions, StoragePort } from '../../core/port/storage.ts'
import { feedRanges } from '../../core/positions/stream-slot.ts'
import { AppendQueue } from './append/append-queue.ts'
import { commitGroup } from './append/commit-batch.ts'
import { Heads } from './append/heads.ts'
import { appender } from './append.ts'
import { openCollections, openDatabase } from './client/collections.ts'
import { LIMITS } from './client/limits.ts'
import { repeat } from './client/run.ts'
import { changeFeed } from './feed.ts'
import { type Handle, openCalls } from './handle.ts'
import { healthOf } from './health.ts'
import { compareWithLog } from './identity/compare.ts'
import { leaseStore } from './leases.ts'
import { streamLister } from './list-streams.ts'
import { querier } from './query.ts'
import { reader } from './read.ts'
import { assertDeployment, connect } from './setup/deployment.ts'
import { assertNames } from './setup/names.ts'
import { findSetUp, infoCollection, setUp } from './setup/set-up.ts'
import { assertSlots } from './setup/storage-info.ts'
import { snapshotStore } from './snapshots.ts'
import { deleter } from './tombstone.ts'
import { viewStore } from './views.ts'
import { ChangeWatch } from './watch/change-watch.ts'
import { followStream } from './watch/followed-stream.ts'

/** The options for opening a database. */
export type MongoOptions = OpenOptions & {
  readonly database: string
  /**
   * Feed ranges, 1 to 256, fixed when the storage is created; default 8. An existing storage must have this number.
   */
  readonly slots?: number
  /** The prefix of the names of its collections, so that the database can hold other collections; by default empty. */
  readonly collections?: string
  /** Whether to create what is missing; otherwise the storage must exist. Default true. */
  readonly setup?: boolean
  /** The time limit of a call, failovers included, in milliseconds; default 30,000. */
  readonly deadline?: number
  /** Milliseconds between polls for changes while no change stream is open; default 1,000. */
  readonly pollInterval?: number
  readonly clock?: Clock
  /**
   * Called if this deployment has no change streams, so that changes are polled for. By default a Node warning.
   * Anything that it throws or rejects with is ignored.
   */
  readonly onNotice?: (notice: string) => void
}

/** An opened database. */
export type MongoPort = StoragePort

const DEFAULTS = {
  collections: '',
  setup: true,
  acceptDivergedLog: false,
  deadline: 30_000,
  pollInterval: 1000,
  clock: systemClock,
} as const

/**
 * Opens a storage in a database of MongoDB: a replica set or a sharded cluster, 4.4 or later. All reads go to the
 * primary with majority read concern, and all writes wait for a majority's journal, whatever the client's defaults are.
 * The client remains the caller's: close it after the storage.
 *
 * @throws InvalidConfiguration; UnsupportedStorage for a standalone server; ForeignStorage, StorageTooNew;
 *   StorageNotSetUp if nothing is to be created; LogDiverged, TidemarkAheadOfLog if the log is older than the data
 *   derived from it, unless that is accepted; StorageAccessDenied, StorageUnavailable, …
 */
export async function openMongoPort(client: MongoClient, options: MongoOptions): Promise<MongoPort> {
  const {
    database: name,
    slots,
    collections: prefix,
    setup,
    acceptDivergedLog,
    deadline,
    pollInterval,
    clock,
  } = { ...DEFAULTS, ...options }
  assertNames(name, prefix)
  assertSlots(slots)
  assertPositive({ deadline, pollInterval })
  const database = openDatabase(client, name)
  const collections = openCollections(database, prefix)
  const place = { database, collections, prefix, slots }
  const info = await repeat(client, deadline, async (attempt) => {
    await connect(client)
    await assertDeployment(database)
    const found = await (setup ? setUp(place) : findSetUp(place))
    return compareWithLog({ collections, storage: infoCollection(place) }, attempt, found, acceptDivergedLog)
  })
  const watch = new ChangeWatch({
    follow: (word, opened) => followStream(database, collections, word, opened),
    pollInterval,
    onNotice: options.onNotice ?? ((notice) => process.emitWarning(notice, 'TidemarkWarning')),
  })
  const { close, ...open } = openCalls(client, deadline)
  const { incarnation } = info
  const ranges = feedRanges(info.slots)
  const handle: Handle = { client, collections, ranges, incarnation, limits: LIMITS, clock, deadline, watch, ...open }
  const heads = new Heads()
  const appends = new AppendQueue((items, how) => commitGroup(handle, heads, items, how))

  let closing: Promise<void> | undefined
  const closeAll = async () => {
    appends.close()
    await Promise.all([close(), watch.close()])
  }
  const closeOnce = () => (closing ??= closeAll())
  const ping = async () => {
    await handle.run(({ session }) => database.command({ ping: 1 }, { session }))
  }
  return {
    events: {
      append: appender(handle, appends),
      ...reader(handle),
      query: querier(handle),
      streams: streamLister(handle),
      ...deleter(handle, appends),
    },
    feed: changeFeed(handle),
    viewStore: viewStore(handle),
    leases: leaseStore(handle),
    snapshots: snapshotStore(handle),
    limits: LIMITS,
    incarnation,
    ping,
    health: () => healthOf(handle, database, ping),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  }
}

function assertPositive(milliseconds: Readonly<Record<string, number>>): void {
  for (const [setting, value] of Object.entries(milliseconds)) {
    if (!(value > 0 && value <= 2 ** 31 - 1)) {
      throw new InvalidConfiguration(setting, 'must be a number of milliseconds above 0')
    }
  }
}
