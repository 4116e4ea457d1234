import type { TreeHead } from './head.ts'

/** What is known of an anchor. */
export type AnchorState = {
  readonly name: string
  /**
   * `current`: it keeps the newest head. `behind`: an older one, or none. `unavailable`: it could not be reached, or what
   * it returned was no head of this chain. `diverged`: it keeps a head that contradicts the ledger.
   */
  readonly state: 'current' | 'behind' | 'unavailable' | 'diverged'
  /** The size of the newest head that it is known to keep. */
  readonly size: number
  /** When the oldest block was sealed that this head does not contain: ISO 8601 in UTC. Null if there is none. */
  readonly since: string | null
  /** Why it is unavailable or diverged. */
  readonly error: string | null
}

/** The newest head of a chain, and which anchors keep it. */
export type HeadReport = {
  /** As the ledger is now. */
  readonly head: TreeHead
  /** The newest signed head of the ledger, with the signatures that anchors added, if there is one. */
  readonly note: string | null
  readonly anchors: readonly AnchorState[]
}
