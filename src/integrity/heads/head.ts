import type { Hash } from '../merkle/hash.ts'

/** The head of a ledger's tree: what is signed, anchored and witnessed (C2SP, tlog-checkpoint). */
export type TreeHead = {
  /** The chain's name, and after a restart `<name>/<incarnation>`; without spaces and plus signs. */
  readonly origin: string
  /** The number of blocks. */
  readonly size: number
  readonly root: Hash
}
