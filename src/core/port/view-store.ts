import type { Json, JsonObject } from '../json/json.ts'
import type { Tidemark } from '../positions/position.ts'
import type { Filter } from '../reading/filter.ts'
import type { SaveCondition, SaveResult, Stored } from './save.ts'

/** Which view: the projection's name, its version, and the view's key. */
export type ViewRef = {
  readonly projection: string
  readonly version: number
  readonly key: string
}

/** A view as it is stored. Fields that are not named here are kept. */
export type ViewDocument = ViewRef & {
  /** `<projection>:<version>:<key>` */
  readonly id: string
  /** What the handlers returned, or null if the view is deleted for readers. */
  readonly data: JsonObject | null
  /** The incarnation of the log that the view was folded from. */
  readonly incarnation: string
  /** One for each feed range that it was folded from. */
  readonly tidemarks: readonly Tidemark[]
  /** Present while the view's sequence is parked. */
  readonly parked?: JsonObject
  /** Of a view that is stored in clear although it may contain personal data: what it takes to forget people. */
  readonly forgetting?: ForgettingState
  readonly [field: string]: Json | undefined
}

/** What a view that may contain personal data in clear remembers, so that it can forget. */
export type ForgettingState = {
  /** The people whom it forgot. */
  readonly people: readonly ForgottenMark[]
  /** The keys that opened what it contains: `<key id>.<generation>`. */
  readonly keys: readonly string[]
  /** When the newest of its events was recorded: ISO 8601 in UTC. */
  readonly newest: string
}

/** A person whom a view forgot. */
export type ForgottenMark = {
  /** The last of the keys that were forgotten: `<key id>.<generation>`. */
  readonly through: string
  /** The person's opaque id. */
  readonly person: string
  /** When it was recorded that they were forgotten: ISO 8601 in UTC. */
  readonly at: string
}

/** A query over the views of one projection version; deleted views are not included. */
export type ViewQuery = {
  readonly projection: string
  readonly version: number
  /** Conditions on the view's data; see `Filter`. */
  readonly where?: Filter
  /**
   * A field of the data, then the key, which is always ascending. Missing and null count as one value: first when
   * ascending, last when descending. Strings are ordered by code point, numbers by value; the order between values of
   * different types depends on the database, but the pages contain each view exactly once. Default: the key alone.
   */
  readonly orderBy?: { readonly field: string; readonly direction?: 'ascending' | 'descending' }
  /** The maximum number of views, 1 to 1,000; default 100. */
  readonly limit?: number
  /** The `next` of the page before, of a query with the same conditions in the same order; `limit` may differ. */
  readonly after?: string
}

/** Which views of one projection version are counted. */
export type ViewCount = Pick<ViewQuery, 'projection' | 'version' | 'where'>

/** A page of views, and the `after` for the next one, if there is one. */
export type ViewPage = {
  readonly views: readonly Stored<ViewDocument>[]
  readonly next?: string
}

/**
 * The reserved projection under which a vault keeps the keys of people. A storage that can copy itself leaves these
 * documents out: a copy of a key would outlive its being forgotten.
 */
export const VAULT_KEYS = '$keys'

/** Names that begin with `$` are reserved for what is no projection; `defineProjection` refuses them. */
export const isReservedProjection = (name: string): boolean => name.startsWith('$')

/** The id of a view's document. */
export const viewId = ({ projection, version, key }: ViewRef): string => `${projection}:${version}:${key}`

/** Stores views. Keys are checked before any I/O: `InvalidViewKey`. */
export interface ViewStore {
  get(ref: ViewRef): Promise<Stored<ViewDocument> | undefined>

  /** Reads many views of one projection version; missing views are omitted from the result. */
  getMany(projection: string, version: number, keys: readonly string[]): Promise<Map<string, Stored<ViewDocument>>>

  /**
   * Reads the parked marks of views of one projection version by key, without their data; views that are absent or not
   * parked are omitted from the result. Only if the database can omit the rest of a document.
   */
  getParked?(projection: string, version: number, keys: readonly string[]): Promise<Map<string, JsonObject>>

  /**
   * Saves only if the condition holds, durably.
   *
   * Three errors mean that this document is refused, and would be refused again, so that the caller parks the view:
   * `NotJson` and `ViewTooLarge`, which `prepareView` throws before any I/O, and `ViewRefused`, for what only the
   * database can detect. Any other error may be temporary, and the save is retried.
   *
   * @throws InvalidViewKey, NotJson, ViewTooLarge, ViewRefused
   */
  save(document: ViewDocument, condition: SaveCondition): Promise<SaveResult>

  /** @throws InvalidQuery */
  query(query: ViewQuery): Promise<ViewPage>

  /**
   * How many views `query` would return in all, counted by the database without loading them. Views that are saved
   * meanwhile may or may not be counted.
   *
   * @throws InvalidQuery
   */
  count(query: ViewCount): Promise<number>

  /**
   * Makes queries of a projection version that filter or order by these fields of its data fast, without changing their
   * results. Only if the database can; `drop` removes the indexes. It may be called again, by several processes at
   * once.
   *
   * @param fields field paths, as in a filter
   * @throws InvalidQuery
   */
  index?(projection: string, version: number, fields: readonly string[]): Promise<void>

  /**
   * Removes a view's document only if it is still the one that was read, durably; returns whether it did. The key may
   * be used again: a new document never has an ETag of the one that was removed. For a view that readers must see as
   * deleted, save one without data instead, which keeps its tidemarks. `scrub` overwrites what is left of it in files.
   *
   * @throws InvalidViewKey
   */
  remove(ref: ViewRef, etag: string): Promise<boolean>

  /** Removes all views of a projection version; call it again after an interruption. */
  drop(projection: string, version: number): Promise<void>

  /**
   * Overwrites what is left of removed documents, and of earlier versions of those that were saved again, in the files
   * of the database. Only if the adapter is the database itself; other databases have their own ways.
   *
   * @throws StorageBusy if other connections use the files for too long: then call it again
   */
  scrub?(): Promise<void>

  /** Resolves when views or leases may have changed since the call, or when `signal` is aborted; see the feed's. */
  changed(signal: AbortSignal): Promise<void>
}
