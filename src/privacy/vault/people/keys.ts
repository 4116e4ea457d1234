import type { PersonKeys } from '../../sealing/derived-keys.ts'

/** What is known of one key: it can be used, it was forgotten, or there is none. */
export type KeyAnswer = PersonKeys | 'forgotten' | 'missing'

/** The keys of people, for sealing and opening. */
export interface Keys {
  /**
   * The key of each person for sealing; it is made if there is none yet.
   *
   * @throws InvalidPersonId, KeysUnavailable, VaultMismatch
   */
  forSealing(people: Iterable<string>): Promise<ReadonlyMap<string, PersonKeys | 'forgotten'>>
  /**
   * The keys of references, with one read for all of them.
   *
   * @param options.fresh whether they are read even if they are cached
   * @throws KeysUnavailable, VaultMismatch
   */
  forOpening(
    references: Iterable<string>,
    options?: { readonly fresh?: boolean },
  ): Promise<ReadonlyMap<string, KeyAnswer>>
}
