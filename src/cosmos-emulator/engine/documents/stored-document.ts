import type { Item } from '../types.ts'

/** A document as a partition keeps it. It is never changed: a write puts another in its place. */
export type StoredDocument = {
  /** Its number within the container, ascending in the order of creation; `_rid` says the same. */
  readonly number: number
  /** The text of its partition key. */
  readonly key: string
  /** The place of its partition key in the key space. */
  readonly place: string
  readonly item: Item
  /** The size of what the client sent, in bytes. */
  readonly bytes: number
  /** The LSN of the transaction that wrote it. */
  readonly lsn: number
}

/** What one transaction did to one document: it was `before` and is `after`; `undefined` where there was or is none. */
export type Change = {
  readonly before: StoredDocument | undefined
  readonly after: StoredDocument | undefined
}
