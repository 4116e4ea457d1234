import type { Json } from '../json.ts'
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

/** What became of the leases since an earlier look at their changes. */
export type LeaseChanges = {
  /** The leases that were saved since, each once, as they are now. */
  readonly documents: readonly Stored<LeaseDocument>[]
  /**
   * Ids of leases that were removed since, and were not saved again. Absent where the database does not tell: there, a
   * removal shows only in `list`, so a reader that keeps a picture of the leases lists them now and then as well.
   */
  readonly removed?: readonly string[]
  /** What to give as `since` for what changes from here on. */
  readonly next: string
}

/** Where leases live. */
export interface LeaseStore {
  /** The leases of a projection, of one of its versions, or all. */
  list(filter?: { readonly projection?: string; readonly version?: number }): Promise<Stored<LeaseDocument>[]>
  get(id: string): Promise<Stored<LeaseDocument> | undefined>
  /** Saves only if the condition holds, durably. */
  save(lease: LeaseDocument, condition: SaveCondition): Promise<SaveResult>
  /** Removes the lease only if it is still the one that was read; answers whether it did. */
  remove(id: string, etag: string): Promise<boolean>
  /**
   * Tells what became of all leases since an earlier look, for next to nothing when nothing did. Each save is told, but
   * that of another process perhaps some moments late; a handle is told its own at once. Only where the database can
   * do this for less than `list` costs.
   *
   * @param since the `next` of an earlier look, also of another handle; null for all leases that there are
   * @throws InvalidContinuation when it is not that: begin again with null
   */
  changes?(since: string | null): Promise<LeaseChanges>
}
