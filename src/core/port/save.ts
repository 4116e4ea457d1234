/** Under which condition a document is saved: it is still the one that was read, or there is none. */
export type SaveCondition = { readonly ifMatch: string } | 'ifAbsent'

/** A save either took place and has a new ETag, or somebody else was first: an expected answer, not an error. */
export type SaveResult = { readonly saved: true; readonly etag: string } | { readonly saved: false }

/** A document together with the ETag under which it can be saved again. */
export type Stored<T> = {
  readonly document: T
  readonly etag: string
}
