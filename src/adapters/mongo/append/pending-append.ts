import type { Deadline } from '../client/deadline.ts'
import type { AppendItem, Outcome } from './items.ts'

/** An append that waits for its outcome. */
export type PendingAppend = {
  readonly item: AppendItem
  readonly deadline: Deadline
  /** What went wrong with it last, other than that a try took too long. */
  trouble?: unknown
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

/** How a group is tried. */
export type Try = {
  /** What is remembered may be wrong: heads and event ids are looked up before anything is written. */
  readonly careful: boolean
  readonly deadline: Deadline
}

/** Writes a group in one transaction, all of it or nothing. @throws what the driver throws; StaleHeads */
export type WriteGroup = (items: readonly AppendItem[], how: Try) => Promise<readonly Outcome[]>

/** A head was not where it was remembered; never seen outside of this folder. */
export class StaleHeads extends Error {}
