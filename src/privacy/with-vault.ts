import { type Clock, systemClock } from '../core/clock.ts'
import type { Vault } from '../core/events/sealing/vault.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { Views } from '../views/views.ts'
import { withViews } from '../views/with-views.ts'
import type { PrivacyVault } from './open-vault.ts'

/**
 * Gives a storage a vault, so that personal members are sealed when they are written and opened when they are read. The
 * vault's markers go into the log of this storage.
 *
 * @param storage the storage itself stays as it is, and is closed by either
 * @throws InvalidConfiguration if the vault belongs to another log
 */
export function withVault<S extends StoragePort>(
  storage: S,
  vault: PrivacyVault,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): S & { readonly vault: Vault; readonly views: Views } {
  vault.bind(storage)
  return withViews({ ...storage, vault }, { clock })
}
