import type { Json } from '../json/json.ts'
import { intervalText } from '../positions/hash-interval.ts'
import type { Continuation, FeedRange } from './change-feed.ts'
import type { SaveCondition, SaveResult, Stored } from './save.ts'

/**
 * The worker that owns a feed range for one version of one projection, and its checkpoint. Fields that are not named
 * here are kept.
 */
export type LeaseDocument = {
  /** See {@link leaseId}. */
  readonly id: string
  readonly projection: string
  readonly version: number
  readonly range: FeedRange
  /** The worker, or null if the lease has no owner. */
  readonly owner: string | null
  /** Milliseconds since 1970 from which on other workers may take it. */
  readonly expiresAt: number
  /** From where reading resumes, or null at the start. */
  readonly continuation: Continuation | null
  /** Everything up to this LSN was read and its views are saved; 0 at the start. */
  readonly readTo: number
  /** The incarnation of the log that the continuation belongs to. */
  readonly incarnation: string
  readonly [field: string]: Json | undefined
}

/** The id of the lease of one projection version on one range. */
export const leaseId = (projection: string, version: number, range: FeedRange): string =>
  `${projection}:${version}:${range.min}-${range.max}`

/** A lease as people read and type it: its id, with the range as `intervalText` writes it. */
export const leaseText = ({
  projection,
  version,
  range,
}: Pick<LeaseDocument, 'projection' | 'version' | 'range'>): string => `${projection}:${version}:${intervalText(range)}`

/** The id of the lease that a text names, be it as {@link leaseText} writes it or the id itself. */
export const leaseIdIn = (text: string): string => text.replace(/:0-([^-:]*)$/, ':-$1')

/** The changes of the leases since an earlier check. */
export type LeaseChanges = {
  /** Documents that were saved since, in their current state, without removed ones. */
  readonly documents: readonly Stored<LeaseDocument>[]
  /** Where the next check resumes. */
  readonly next: string
  /** Whether `documents` contains all leases, so that every other one was removed. */
  readonly all: boolean
}

/** Stores leases. */
export interface LeaseStore {
  /** The leases of a projection, of one of its versions, or all. */
  list(filter?: { readonly projection?: string; readonly version?: number }): Promise<Stored<LeaseDocument>[]>
  /**
   * The changes since an earlier call; with null, all leases. It may return a document again. Only if the database can
   * do this for less than the cost of a list of all leases, whatever their number.
   */
  changes?(since: string | null): Promise<LeaseChanges>
  get(id: string): Promise<Stored<LeaseDocument> | undefined>
  /** Saves only if the condition holds, durably. */
  save(lease: LeaseDocument, condition: SaveCondition): Promise<SaveResult>
  /** Removes the lease only if it is still the one that was read; returns whether it did. */
  remove(id: string, etag: string): Promise<boolean>
}
