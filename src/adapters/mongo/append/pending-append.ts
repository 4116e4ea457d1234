import type { Deadline } from '../client/deadline.ts'
import type { AppendItem, Outcome } from './items.ts'

/** An append that waits for its outcome. */
export type PendingAppend = {
  readonly item: AppendItem
  readonly deadline: Deadline
  /** Its last failure, other than an attempt that timed out. */
  trouble?: unknown
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

/** How a batch is tried. */
export type Try = {
  /** Cached values may be stale: heads and event ids are looked up before anything is written. */
  readonly careful: boolean
  readonly deadline: Deadline
}

/** Writes a batch in one transaction, all of it or nothing. @throws what the driver throws; StaleHeads */
export type WriteGroup = (items: readonly AppendItem[], how: Try) => Promise<readonly Outcome[]>

/** A head was not at its cached version; never seen outside this folder. */
export class StaleHeads extends Error {}
