/** A document as the server keeps it. */
export type StoredDocument = {
  readonly id: string
  readonly _self: string
  readonly _etag: string
  readonly [field: string]: unknown
}

/** What a test may change about the server. */
export type ServerFaults = {
  /** Called for each server call in order, counted from 0; false makes that call answer false and do nothing. */
  readonly accepts?: (call: number) => boolean
  /** Called for each server call in order; an error makes the call fail with it. */
  readonly fails?: (call: number) => Error | undefined
  /** At most this many rows a page, and an empty page before each. */
  readonly pageSize?: number
}

/** What one run of a stored procedure did. */
export type Run = { readonly body: unknown; readonly calls: readonly string[] }

/** The documents that a run works on. */
export type Documents = {
  documents: readonly StoredDocument[]
  /** A copy with what the server adds to a document that it stores. */
  stamp(document: { readonly id: string; readonly [field: string]: unknown }): StoredDocument
}
