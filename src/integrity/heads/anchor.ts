import type { Hash } from '../merkle/hash.ts'

/**
 * Creates the path of a consistency proof from an earlier head to the one that is published.
 *
 * @param from the number of blocks of the earlier head
 */
export type ProveConsistency = (from: number) => Promise<readonly Hash[]>

/** Where heads are kept outside the database. */
export interface Anchor {
  /** What people call it in status and reports: `file ./heads`, `witness example.com/w`. It must not contain a secret. */
  readonly name: string
  /**
   * Keeps a signed head. It must refuse one that contradicts what it has. To publish a head that it has already changes
   * nothing.
   *
   * @param note the head as a signed note
   * @param prove for an anchor that checks that the new head extends the one that it has
   * @returns the note, with the signatures that the anchor added
   * @throws AnchorUnavailable; AnchorRefused if it has a larger head, or one that the new one does not extend
   */
  publish(note: string, prove: ProveConsistency): Promise<string>
  /** The newest note that it keeps of this origin, or undefined. @throws AnchorUnavailable */
  latest(origin: string): Promise<string | undefined>
}
