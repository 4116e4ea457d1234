/** A JSON value as it stands in a document. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [member: string]: JsonValue }

/** A document as a client sends it. */
export type ItemBody = { id: string; [field: string]: JsonValue }

/** A document as the server keeps it, with what the server adds. It is never changed in place. */
export type Item = Readonly<ItemBody> & {
  readonly _rid: string
  readonly _self: string
  /** With its quotation marks. */
  readonly _etag: string
  readonly _attachments: string
  /** Seconds since 1970. */
  readonly _ts: number
}

/** Some of many documents, each of which stands for `step` of them. */
export type ItemSample = { readonly items: readonly Item[]; readonly step: number }

/** What a write may be conditional on; ETags with their quotation marks. */
export type Precondition = { readonly ifMatch?: string; readonly ifNoneMatch?: string }

/**
 * One logical partition inside a transaction. What it does is seen by its later reads at once, and by others only when
 * the transaction ends without a throw; otherwise nothing of it stays.
 *
 * Every call throws `CosmosError`: 409 an id (or unique key) that is taken, 404 no such document, 412 a precondition
 * that does not hold, 413 a document over 2 MB, 400 a document whose id or partition key does not fit.
 */
export interface PartitionTransaction {
  /** Its documents, in the order of their `_rid`s. */
  items(): Iterable<Item>
  /** The same, without what this transaction has done. */
  committedItems(): Iterable<Item>
  /** Some of the documents of its physical partition, without what this transaction has done. */
  partitionSample(): ItemSample
  get(id: string): Item | undefined
  /** By `_self` or alt link (`dbs/…/colls/…/docs/…`), with or without slashes around it. */
  getByLink(link: string): Item | undefined
  create(body: ItemBody): Item
  replace(id: string, body: ItemBody, precondition?: Precondition): Item
  upsert(body: ItemBody, precondition?: Precondition): Item
  remove(id: string, precondition?: Precondition): void
}

/** An error as the service answers it. */
export class CosmosError extends Error {
  readonly status: number
  readonly substatus: number | undefined
  /** The service's word, such as `Conflict`. */
  readonly code: string
  /** Milliseconds that the client is told to wait. */
  readonly retryAfter: number | undefined
  constructor(status: number, code: string, message: string, substatus?: number, retryAfter?: number) {
    super(message)
    this.status = status
    this.code = code
    this.substatus = substatus
    this.retryAfter = retryAfter
  }
}
