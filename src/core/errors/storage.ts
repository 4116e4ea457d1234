import { TidemarkError } from './base.ts'

/** This process has closed the storage. */
export class StorageClosed extends TidemarkError {
  readonly code = 'StorageClosed'
  constructor() {
    super('The storage is closed')
  }
}

/** The database is locked by another process, or throttles, beyond the deadline. Retry later. */
export class StorageBusy extends TidemarkError {
  readonly code = 'StorageBusy'
}

/** The database cannot be reached, or responded with an internal error. */
export class StorageUnavailable extends TidemarkError {
  readonly code = 'StorageUnavailable'
}

/** The database's files or documents are damaged. */
export class StorageCorrupt extends TidemarkError {
  readonly code = 'StorageCorrupt'
}

/** The database, or a part of it, is missing or incomplete: run `setup` first. */
export class StorageNotSetUp extends TidemarkError {
  readonly code = 'StorageNotSetUp'
}

/** The database refused the credentials, or they lack a permission. */
export class StorageAccessDenied extends TidemarkError {
  readonly code = 'StorageAccessDenied'
}

/** The files or collections do not belong to a Tidemark storage. */
export class ForeignStorage extends TidemarkError {
  readonly code = 'ForeignStorage'
}

/** No space is left. Everything acknowledged is safe; what failed was not written. */
export class StorageFull extends TidemarkError {
  readonly code = 'StorageFull'
}

/** The storage cannot be written to. */
export class StorageReadOnly extends TidemarkError {
  readonly code = 'StorageReadOnly'
}

/**
 * The storage's files are no longer where they were opened: they were moved, removed or replaced, or something was
 * mounted over them. A failed write may be in the old files. Nothing is written or read any more until the storage is
 * closed and opened again.
 */
export class StorageMoved extends TidemarkError {
  readonly code = 'StorageMoved'
  readonly path: string
  constructor(path: string, options?: ErrorOptions) {
    super(
      `${path} is not the file that was opened: it, or its write-ahead log, was moved, removed or replaced while it was ` +
        'in use. Stop every process that has it open, make sure that the right files are in place, and open it again',
      options,
    )
    this.path = path
  }
}

/** The log belongs to an environment, and the storage was opened for another one, or for none. */
export class EnvironmentMismatch extends TidemarkError {
  readonly code = 'EnvironmentMismatch'
  /** The environment that the log belongs to. */
  readonly stored: string
  /** The one that the storage was opened for; null for none. */
  readonly given: string | null
  constructor(stored: string, given: string | null) {
    const found = given === null ? 'none was given' : `it was opened for ${given}`
    super(
      `The log belongs to the environment ${stored}, but ${found}: open the storage of the right environment, or give ` +
        'its name (environment, or TIDEMARK_ENVIRONMENT)',
    )
    this.stored = stored
    this.given = given
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
 * The environment cannot provide the storage's guarantees: a network file system, an old SQLite, a MongoDB server
 * outside a replica set.
 */
export class UnsupportedStorage extends TidemarkError {
  readonly code = 'UnsupportedStorage'
}
