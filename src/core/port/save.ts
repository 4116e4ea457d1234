/** The condition for saving a document: it is still the one that was read, or there is none. */
export type SaveCondition = { readonly ifMatch: string } | 'ifAbsent'

/**
 * A save either succeeded and has a new ETag, or another writer was first, which is an expected result and not an
 * error.
 */
export type SaveResult = { readonly saved: true; readonly etag: string } | { readonly saved: false }

/** A document together with the ETag for saving it again. */
export type Stored<T> = {
  readonly document: T
  readonly etag: string
}
