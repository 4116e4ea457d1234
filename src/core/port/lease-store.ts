import type { Json } from '../json/json.ts'
import type { Continuation, FeedRange } from './change-feed.ts'
import type { SaveCondition, SaveResult, Stored } from './save.ts'

/**
 * Which worker owns a feed range for one version of one projection, and up to where it got. Fields that are not named
 * here are kept.
 */
export type LeaseDocument = {
  /** See {@link leaseId}. */
  readonly id: string
  readonly projection: string
  readonly version: number
  readonly range: FeedRange
  /** The worker, or null when nobody owns it. */
  readonly owner: string | null
  /** Milliseconds since 1970 from which on others may take it. */
  readonly expiresAt: number
  /** With what reading goes on, or null at the start. */
  readonly continuation: Continuation | null
  /** Everything up to this LSN was read and its views are saved; 0 at the start. */
  readonly readTo: number
  /** The life of the log that the continuation belongs to. */
  readonly incarnation: string
  readonly [field: string]: Json | undefined
}

/** The id of the lease of one projection version on one range. */
export const leaseId = (projection: string, version: number, range: FeedRange): string =>
  `${projection}:${version}:${range.min}-${range.max}`

/** What changed among the leases since an earlier look. */
export type LeaseChanges = {
  /** Documents that were saved since, as they are now. Removed ones are not among them. */
  readonly documents: readonly Stored<LeaseDocument>[]
  /** Where the next look resumes. */
  readonly next: string
  /** Whether `documents` are all that there are, so that every other one was removed. */
  readonly all: boolean
}

/** Where leases live. */
export interface LeaseStore {
  /** The leases of a projection, of one of its versions, or all. */
  list(filter?: { readonly projection?: string; readonly version?: number }): Promise<Stored<LeaseDocument>[]>
  /**
   * What changed since an earlier call; with null, all that there is. It may tell of a document again. Only where the
   * database can tell it for less than a list of all leases costs, whatever their number.
   */
  changes?(since: string | null): Promise<LeaseChanges>
  get(id: string): Promise<Stored<LeaseDocument> | undefined>
  /** Saves only if the condition holds, durably. */
  save(lease: LeaseDocument, condition: SaveCondition): Promise<SaveResult>
  /** Removes the lease only if it is still the one that was read; answers whether it did. */
  remove(id: string, etag: string): Promise<boolean>
}
