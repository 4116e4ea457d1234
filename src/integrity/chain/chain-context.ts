import type { Clock } from '../../core/clock.ts'
import type { StorageLimits, StoragePort } from '../../core/port/storage.ts'
import type { Anchor } from '../heads/anchor.ts'
import type { Signer } from '../heads/signer.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** How a chain is opened. */
export type ChainOptions = {
  /** The chain's name, such as `acme/meters`: 1 to 200 characters, no white space, no plus sign. */
  readonly origin: string
  /** Where the chain is stored; by default in the storage itself. Best in one with other administrators. */
  readonly ledger?: Pick<StoragePort, 'viewStore' | 'limits'>
  /** Signs heads. Without it, this process seals but leaves signing to others. */
  readonly signer?: Signer
  /** Where signed heads are kept outside the database. */
  readonly anchors?: readonly Anchor[]
  readonly clock?: Clock
}

/** A chain as its parts use it. */
export type ChainContext = {
  readonly storage: StoragePort
  readonly ledger: Ledger
  /** Of the storage where the ledger is. */
  readonly limits: Pick<StorageLimits, 'bytesPerView'>
  /** The chain's name, and after a restart `<name>/<incarnation>`. */
  readonly origin: string
  readonly signer: Signer | undefined
  readonly anchors: readonly Anchor[]
  readonly clock: Clock
}
