import { TidemarkError } from './base.ts'

/** The storage was closed by this process. */
export class StorageClosed extends TidemarkError {
  readonly code = 'StorageClosed'
  constructor() {
    super('The storage is closed')
  }
}

/** The database is held by somebody else, or throttles, beyond the deadline. Trying again later may help. */
export class StorageBusy extends TidemarkError {
  readonly code = 'StorageBusy'
}

/** The database cannot be reached or answered with a failure of its own. */
export class StorageUnavailable extends TidemarkError {
  readonly code = 'StorageUnavailable'
}

/** The database's files or documents are damaged. */
export class StorageCorrupt extends TidemarkError {
  readonly code = 'StorageCorrupt'
}

/** The database, or a part of it, is not there or not complete: run `setup` first. */
export class StorageNotSetUp extends TidemarkError {
  readonly code = 'StorageNotSetUp'
}

/** The database refused the credentials, or they do not allow what was asked for. */
export class StorageAccessDenied extends TidemarkError {
  readonly code = 'StorageAccessDenied'
}

/** What stands there is no Tidemark storage. */
export class ForeignStorage extends TidemarkError {
  readonly code = 'ForeignStorage'
}

/** No room is left; what was acknowledged is safe, what failed was not written. */
export class StorageFull extends TidemarkError {
  readonly code = 'StorageFull'
}

/** The storage cannot be written to. */
export class StorageReadOnly extends TidemarkError {
  readonly code = 'StorageReadOnly'
}

/**
 * The storage's files are no longer in the place where they were opened: they were moved, removed or replaced, or
 * something was mounted over them. What failed with this may have been written to the old files. Nothing is written or
 * read any more until the storage is closed and opened again.
 */
export class StorageMoved extends TidemarkError {
  readonly code = 'StorageMoved'
  readonly path: string
  constructor(path: string, options?: ErrorOptions) {
    super(
      `${path} is not the file that was opened: it, or its write-ahead log, was moved, removed or replaced while it was ` +
        'in use. Stop every process that has it open, see to it that the right files are in place, and open it again',
      options,
    )
    this.path = path
  }
}

/** The storage was written by a newer Tidemark. */
export class StorageTooNew extends TidemarkError {
  readonly code = 'StorageTooNew'
  readonly stored: number
  readonly known: number
  constructor(where: string, stored: number, known: number) {
    super(`${where} has schema version ${stored}; this Tidemark knows versions up to ${known}: use a newer one`)
    this.stored = stored
    this.known = known
  }
}

/**
 * The environment cannot hold this storage's promises: a network file system, an old SQLite, a MongoDB server that is in
 * no replica set.
 */
export class UnsupportedStorage extends TidemarkError {
  readonly code = 'UnsupportedStorage'
}
