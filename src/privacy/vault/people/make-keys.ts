import { backoffDelay } from '../../../core/async/backoff.ts'
import { concurrently } from '../../../core/async/concurrently.ts'
import type { Clock } from '../../../core/clock.ts'
import { KeysUnavailable } from '../../../core/errors/privacy.ts'
import type { PersonKeys } from '../../sealing/derived-keys.ts'
import type { Epochs } from '../epochs.ts'
import type { KeyStore } from '../key-store.ts'
import type { KnownKeys } from './key-cache.ts'
import { isForgotten } from './key-document.ts'
import { withCurrentKey } from './person-key.ts'

const ATTEMPTS = 12
const DELAYS = { first: 10, most: 1000 }
const SAVES_AT_ONCE = 16

/** What making keys needs. */
export type KeyMaking = {
  readonly store: KeyStore
  readonly epochs: Epochs
  readonly clock: Clock
  /** The random source for jitter. */
  readonly random: () => number
  /** Reads keys and the vault's own document, whatever is cached. */
  readonly load: (keyIds: readonly string[]) => Promise<ReadonlyMap<string, KnownKeys>>
}

/**
 * Makes keys for people who have none. Of several processes that do so at once, one wins, and all use that one's key:
 * what was saved is read again before anything is sealed. That read also tells whether a rotation began, which would
 * not see a key that is wrapped under an earlier epoch, so such a key is rewrapped before it is used.
 *
 * @param known what was just read of them, if it was
 * @throws KeysUnavailable, VaultMismatch
 */
export async function makeKeys(
  { store, epochs, clock, random, load }: KeyMaking,
  keyIds: readonly string[],
  known?: ReadonlyMap<string, KnownKeys>,
): Promise<ReadonlyMap<string, PersonKeys | 'forgotten'>> {
  const made = new Map<string, PersonKeys | 'forgotten'>()
  let pending = keyIds
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const found: ReadonlyMap<string, KnownKeys> = known ?? (await load(pending))
    known = undefined
    pending = pending.filter((keyId) => {
      const one = found.get(keyId)
      if (one && isForgotten(one.document)) made.set(keyId, 'forgotten')
      else if (one?.keys && one.document.epoch >= epochs.root.current) made.set(keyId, one.keys)
      return !made.has(keyId)
    })
    if (pending.length === 0) return made
    if (attempt > 2) await clock.sleep(backoffDelay(attempt, DELAYS, random))
    await concurrently(SAVES_AT_ONCE, pending, async (keyId) => {
      const one = found.get(keyId)
      const document = await withCurrentKey(epochs, keyId, one?.document)
      await store.save(keyId, document, one ? { ifMatch: one.etag } : 'ifAbsent')
      return undefined
    })
  }
  throw new KeysUnavailable(`The storage of the keys kept changing: no key could be made in ${ATTEMPTS} attempts`)
}
