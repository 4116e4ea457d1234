import { resolve } from 'node:path'
import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { OpenOptions, StorageLimits, StoragePort } from '../../core/port/storage.ts'
import { appender } from './append.ts'
import { backUp } from './backup/backup.ts'
import { changeFeed } from './feed.ts'
import { closeFile, type Handle, openFile } from './handle.ts'
import { healthOf } from './health.ts'
import { FolderState } from './identity/folder-state.ts'
import { DocumentMarks } from './identity/marks.ts'
import { leaseStore } from './leases.ts'
import { streamLister } from './list-streams.ts'
import { querier } from './query.ts'
import { reader } from './read.ts'
import { MAX_RANGES } from './schema/events.ts'
import { closeOpened, openFolder } from './setup.ts'
import { snapshotStore } from './snapshots.ts'
import { assertSqliteVersion } from './sqlite/file-system.ts'
import { deleter } from './tombstone.ts'
import { viewStore } from './views.ts'

/** The options for opening a folder. */
export type EmbeddedOptions = OpenOptions & {
  /**
   * Feed ranges, 1 to 256, fixed when the folder is created; default 4. An existing folder keeps its number: where one
   * is given here, it must be that number.
   */
  readonly ranges?: number
  readonly clock?: Clock
  /** Milliseconds that a write waits for another process that locks the file; default 5,000. */
  readonly busyTimeout?: number
}

/** An opened folder. */
export type EmbeddedPort = StoragePort & {
  /**
   * Copies the storage, while it is in use, into a new or empty folder that can be opened directly. The copy is another
   * incarnation of the log, and its views, leases and snapshots belong to that one; nothing in it is ahead of its log.
   *
   * @throws InvalidConfiguration if the folder is not empty; StorageFull, StorageReadOnly, …
   */
  backup(folder: string): Promise<void>
}

const LIMITS: StorageLimits = { eventsPerAppend: 1000, bytesPerAppend: 8_000_000, bytesPerView: 8_000_000 }

const BUSY_TIMEOUT = 5000

/**
 * Opens a storage in a folder of two SQLite files, `events.db` and `views.db`, which are created if necessary. Several
 * processes may have it open.
 *
 * @throws InvalidConfiguration for a number of feed ranges that is invalid, or not the folder's
 * @throws UnsupportedStorage on a network file system, or with an old SQLite
 * @throws LogDiverged, TidemarkAheadOfLog if the log is older than the data derived from it, unless that is accepted
 * @throws ForeignStorage, StorageCorrupt, StorageTooNew, StorageReadOnly, StorageFull, StorageBusy, StorageUnavailable
 */
export async function openEmbeddedPort(folder: string, options: EmbeddedOptions = {}): Promise<EmbeddedPort> {
  const { ranges, clock = systemClock, busyTimeout = BUSY_TIMEOUT, acceptDivergedLog = false } = options
  assertSqliteVersion()
  if (ranges !== undefined && !(Number.isSafeInteger(ranges) && ranges >= 1 && ranges <= MAX_RANGES)) {
    throw new InvalidConfiguration('ranges', `must be a whole number from 1 to ${MAX_RANGES}`)
  }
  const path = resolve(folder)
  const files = await openFolder(path, { ranges, busyTimeout, acceptDivergedLog })
  const { incarnation } = files
  const folderState = new FolderState([files.log.identity, files.documents.identity])
  const shared = { folderState, busyTimeout, incarnation }
  let handle: Handle
  try {
    handle = {
      log: openFile('log', files.log, shared),
      documents: openFile('documents', files.documents, shared),
      ranges: files.ranges,
      incarnation,
      marks: new DocumentMarks(files.ranges, incarnation),
      limits: LIMITS,
      clock,
      busyTimeout,
      assertOpen: () => folderState.assertOpen(),
      ready: () => folderState.ready(),
    }
  } catch (error) {
    for (const file of [files.log, files.documents]) closeOpened(file)
    throw error
  }
  handle.log.writer.start()
  return makePort(path, handle, folderState)
}

function makePort(folder: string, handle: Handle, folderState: FolderState): EmbeddedPort {
  let closing: Promise<void> | undefined
  const backups = new Set<Promise<void>>()
  const closeAll = async () => {
    folderState.close()
    await Promise.allSettled(backups)
    await Promise.all([closeFile(handle.log), closeFile(handle.documents)])
  }
  const closeOnce = () => {
    closing ??= closeAll()
    return closing
  }
  const ping = async () => {
    folderState.assertInPlace()
    for (const { database } of [handle.log, handle.documents]) database.readOne('SELECT 1 FROM storage')
  }
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
    limits: LIMITS,
    incarnation: handle.incarnation,
    ping,
    health: () => healthOf(folder, handle, ping),
    async backup(target) {
      folderState.assertInPlace()
      const running = backUp(folder, resolve(target), {
        log: handle.log.identity,
        documents: handle.documents.identity,
      })
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
