import { resolve } from 'node:path'
import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { StorageLimits, StoragePort } from '../../core/port/storage.ts'
import { feedRanges } from '../../core/stream-place.ts'
import { appender } from './append.ts'
import { backUp } from './backup/backup.ts'
import { changeFeed } from './feed.ts'
import { closeFile, type Handle, openFile, openness } from './handle.ts'
import { leaseStore } from './leases.ts'
import { querier } from './query.ts'
import { reader } from './read.ts'
import { MAX_RANGES } from './schema/events.ts'
import { openFolder } from './setup.ts'
import { snapshotStore } from './snapshots.ts'
import { assertSqliteVersion } from './sqlite/file-system.ts'
import { deleter } from './tombstone.ts'
import { viewStore } from './views.ts'

/** How a folder is opened. */
export type EmbeddedOptions = {
  /**
   * Feed ranges, 1 to 256, fixed when the folder is created; default 1. An existing folder must have as many as are
   * asked for here.
   */
  readonly ranges?: number
  readonly clock?: Clock
  /** Milliseconds that a write waits for another process that holds the file; default 5,000. */
  readonly busyTimeout?: number
}

/** An opened folder. */
export type EmbeddedPort = StoragePort & {
  /**
   * Copies the storage, while it is used, into a new or empty folder, from which it can be opened. The copy is another
   * incarnation of the log, and its views, leases and snapshots belong to that one; nothing in it is ahead of its log.
   *
   * @throws InvalidConfiguration when something is in the folder; StorageFull, StorageReadOnly, …
   */
  backup(folder: string): Promise<void>
}

const LIMITS: StorageLimits = { eventsPerAppend: 1000, bytesPerAppend: 8_000_000, bytesPerView: 8_000_000 }

const BUSY_TIMEOUT = 5000

/**
 * Opens a storage in a folder of two SQLite files, `events.db` and `views.db`; what is not there is made. Several
 * processes may have it open.
 *
 * @throws InvalidConfiguration for a number of feed ranges that is none, or not the folder's
 * @throws UnsupportedStorage on a network file system, or with an old SQLite
 * @throws ForeignStorage, StorageCorrupt, StorageTooNew, StorageReadOnly, StorageFull, StorageBusy, StorageUnavailable
 */
export async function openEmbeddedPort(folder: string, options: EmbeddedOptions = {}): Promise<EmbeddedPort> {
  const { ranges, clock = systemClock, busyTimeout = BUSY_TIMEOUT } = options
  assertSqliteVersion()
  if (ranges !== undefined && !(Number.isSafeInteger(ranges) && ranges >= 1 && ranges <= MAX_RANGES)) {
    throw new InvalidConfiguration('ranges', `must be a whole number from 1 to ${MAX_RANGES}`)
  }
  const path = resolve(folder)
  const files = await openFolder(path, ranges, busyTimeout)
  const { assertOpen, ready, close } = openness()
  const handle: Handle = {
    log: openFile('log', files.log, busyTimeout),
    documents: openFile('documents', files.documents, busyTimeout),
    ranges: feedRanges(files.ranges),
    incarnation: files.incarnation,
    limits: LIMITS,
    clock,
    assertOpen,
    ready,
  }
  let closing: Promise<void> | undefined
  const backups = new Set<Promise<void>>()
  const closeAll = async () => {
    close()
    await Promise.allSettled(backups)
    await Promise.all([closeFile(handle.log), closeFile(handle.documents)])
  }
  const closeOnce = () => {
    closing ??= closeAll()
    return closing
  }
  handle.log.writer.start()
  return {
    events: { append: appender(handle), ...reader(handle), query: querier(handle), ...deleter(handle) },
    feed: changeFeed(handle),
    viewStore: viewStore(handle),
    leases: leaseStore(handle),
    snapshots: snapshotStore(handle),
    limits: LIMITS,
    incarnation: handle.incarnation,
    async ping() {
      await ready()
      files.log.readOne('SELECT 1 FROM storage')
      files.documents.readOne('SELECT 1 FROM storage')
    },
    async backup(target) {
      assertOpen()
      const running = backUp(path, resolve(target), busyTimeout)
      backups.add(running)
      try {
        await running
      } finally {
        backups.delete(running)
      }
    },
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  }
}
