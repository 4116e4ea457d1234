import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Payloads } from '../payloads/payloads.ts'
import type { Epochs } from '../vault/epochs.ts'
import type { KeyStore } from '../vault/key-store.ts'
import type { KeyRing } from '../vault/people/key-ring.ts'

/** What forgetting people needs. */
export type Forgetting = {
  readonly store: KeyStore
  readonly epochs: Epochs
  readonly ring: KeyRing
  readonly clock: Clock
  readonly payloads: Payloads | undefined
  /** Milliseconds by which the clocks of processes may differ, or a write may be late. */
  readonly margin: number
  /** The storage whose log gets the markers. @throws InvalidConfiguration if the vault was not bound to one */
  readonly log: () => Pick<StoragePort, 'events' | 'writerSeal'>
}
