import type { Clock } from '../../core/clock.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import type { UniqueClaims } from '../../uniqueness/unique-claims.ts'
import type { Aggregate } from '../aggregate.ts'
import type { Snapshots } from './snapshots.ts'
import type { StateCache } from './state-cache.ts'

/** The part of a storage that repositories use. */
export type RepositoryStorage = Pick<
  StoragePort,
  'events' | 'snapshots' | 'limits' | 'incarnation' | 'vault' | 'writerSeal'
> &
  // For the claims of unique values.
  Partial<Pick<StoragePort, 'viewStore'>>

/** What the parts of one repository share. */
export type Context<S, E extends EventTypes> = {
  readonly aggregate: Aggregate<S, E>
  readonly storage: RepositoryStorage
  /** The state before the first event. */
  readonly initial: () => S
  readonly cache: StateCache<S>
  readonly snapshots: Snapshots<S>
  readonly clock: Clock
  /** The random source for jitter. */
  readonly random: () => number
  /** How often a command is run again after a conflict. */
  readonly retries: number
  readonly telemetry: Telemetry
  /** Present if the aggregate has unique values. */
  readonly claims: UniqueClaims<S> | undefined
}
