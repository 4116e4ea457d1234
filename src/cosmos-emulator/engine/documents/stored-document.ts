import type { Item } from '../types.ts'

/** A document as a partition stores it. It is immutable: a write replaces it. */
export type StoredDocument = {
  /** Its number within the container, ascending in the order of creation; part of `_rid`. */
  readonly number: number
  /** The text of its partition key. */
  readonly key: string
  /** The position of its partition key in the key space. */
  readonly place: string
  readonly item: Item
  /** The size of what the client sent, in bytes. */
  readonly bytes: number
  /** The LSN of the transaction that wrote it. */
  readonly lsn: number
}

/**
 * The effect of one transaction on one document: it was `before` and is `after`; `undefined` if it did not or does not
 * exist.
 */
export type Change = {
  readonly before: StoredDocument | undefined
  readonly after: StoredDocument | undefined
}
