import type { Document } from 'mongodb'

/** What a transaction writes into. */
export type Written = {
  commit(id: string, document: Document | undefined, now: number): void
  release(id: string): void
}

/** A transaction that was begun: what it has written and nobody else sees. */
export type Transaction = {
  readonly number: number
  /** When it began: what was committed later it may not overwrite. */
  readonly begun: number
  readonly writes: Map<Written, Map<string, Document | undefined>>
  state: 'open' | 'committed' | 'aborted'
}

export function commitTransaction(transaction: Transaction, now: number): void {
  transaction.state = 'committed'
  for (const [collection, writes] of transaction.writes) {
    for (const [id, document] of writes) collection.commit(id, document, now)
  }
}

export function abortTransaction(transaction: Transaction): void {
  if (transaction.state !== 'open') return
  transaction.state = 'aborted'
  for (const [collection, writes] of transaction.writes) for (const id of writes.keys()) collection.release(id)
}
