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
