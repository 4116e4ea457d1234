import type { PayloadRule, PrivacyVault } from '../../../privacy/index.ts'
import type { Storage } from '../../../views/with-views.ts'

/** A storage and, if one is configured, its vault. */
export type OpenedStorage = {
  /** It seals and opens with the vault. Closing it closes everything that was opened with it. */
  readonly storage: Storage
  readonly vault: PrivacyVault | undefined
  /** Where payloads are stored; empty if no place is configured. */
  readonly payloads: readonly PayloadRule[]
}

/** A storage with a vault. */
export type StorageAndVault = OpenedStorage & { readonly vault: PrivacyVault }
