import { type BigIntStats, existsSync, type Stats, statSync } from 'node:fs'
import { StorageMoved } from '../../../core/errors/storage.ts'

// Bigints, because a double would round the numbers, for instance those of some overlay file systems.
type Inode = { readonly dev: number | bigint; readonly ino: number | bigint }

/** Which files a connection has open. It can be sent to another thread. */
export type FileIdentity = {
  readonly path: string
  readonly database: Inode
  readonly wal: Inode
  /** The index of the write-ahead log, which processes share as memory. */
  readonly shm: Inode
}

/** What is now at the path of a file: the same files, another database or none, or the same one with another WAL. */
export type Placement =
  | { readonly state: 'inPlace'; readonly walBytes: number }
  | { readonly state: 'moved' }
  | { readonly state: 'walLost' }

/** The path of a database file's write-ahead log. */
export const walOf = (path: string): string => `${path}-wal`

const shmOf = (path: string): string => `${path}-shm`

/**
 * The identity of the files at a path, to be determined immediately after a connection has read from them. From then on
 * SQLite keeps both open until the connection is closed, so different inodes there mean that the files were moved or
 * removed.
 *
 * @throws StorageMoved if one of them is already missing
 */
export function identityOf(path: string): FileIdentity {
  return { path, database: inodeOf(path, path), wal: inodeOf(walOf(path), path), shm: inodeOf(shmOf(path), path) }
}

/**
 * Compares the files at the path with those that the connection has open. In WAL mode SQLite itself does not: it keeps
 * writing to deleted files.
 */
export function placementOf({ path, database, wal }: FileIdentity): Placement {
  if (find(path, database) === undefined) return { state: 'moved' }
  const found = find(walOf(path), wal)
  return found === undefined ? { state: 'walLost' } : { state: 'inPlace', walBytes: Number(found.size) }
}

/** The same, but more thorough: a write-ahead log whose index was removed counts as lost. */
export function fullPlacementOf(identity: FileIdentity): Placement {
  const placement = placementOf(identity)
  if (placement.state !== 'inPlace' || find(shmOf(identity.path), identity.shm) !== undefined) return placement
  return { state: 'walLost' }
}

const openFiles = new Set<FileIdentity>()

/**
 * Call it before a file is opened.
 *
 * @throws StorageMoved if this thread has it open with a write-ahead log that was removed since: all connections of a
 *   process share the index of the log, so a new one would follow the index of the removed log
 */
export function assertNoneLost(path: string): void {
  for (const identity of openFiles) {
    if (find(path, identity.database) !== undefined && fullPlacementOf(identity).state === 'walLost') {
      throw new StorageMoved(path)
    }
  }
}

/** Records that files are open in this thread, until they are {@link release}d. */
export const claim = (identity: FileIdentity): void => void openFiles.add(identity)

/**
 * Whether the files may be closed; if so, they count as closed. If another process has replaced the write-ahead log
 * that is open here, closing the last connection would remove that log, with acknowledged data in it.
 */
export function release(identity: FileIdentity): boolean {
  if (fullPlacementOf(identity).state === 'walLost' && existsSync(walOf(identity.path))) return false
  openFiles.delete(identity)
  return true
}

/** Whether a database file is open in this thread, by whatever handle. */
export const isOpen = (identity: FileIdentity): boolean => [...openFiles].some((other) => sameDatabase(other, identity))

export const sameDatabase = ({ database: a }: FileIdentity, { database: b }: FileIdentity): boolean =>
  a.dev === b.dev && a.ino === b.ino

function inodeOf(path: string, file: string): Inode {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) throw new StorageMoved(file)
  const { dev, ino } = found
  const isSafe = Number.isSafeInteger(Number(dev)) && Number.isSafeInteger(Number(ino))
  return isSafe ? { dev: Number(dev), ino: Number(ino) } : { dev, ino }
}

function find(path: string, { dev, ino }: Inode): Stats | BigIntStats | undefined {
  try {
    const found = statSync(path, { bigint: typeof ino === 'bigint', throwIfNoEntry: false })
    return found?.ino === ino && found.dev === dev ? found : undefined
  } catch {
    // A path that can no longer be followed, for whatever reason, does not lead to the file.
    return undefined
  }
}
