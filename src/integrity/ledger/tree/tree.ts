import type { Hash } from '../../merkle/hash.ts'

/** The tree over the headers of a ledger, at the moment when it was opened. */
export interface LedgerTree {
  /** The number of blocks. */
  readonly size: number
  root(): Hash
  /** The root that it had at an earlier size. */
  rootAt(size: number): Promise<Hash>
  /** The path of an inclusion proof of a block in the tree of `size` blocks (default: all). */
  inclusion(index: number, size?: number): Promise<readonly Hash[]>
  /** The path of a consistency proof from the tree of `first` blocks to that of `second` (default: all). */
  consistency(first: number, second?: number): Promise<readonly Hash[]>
}
