import type { Clock } from '../../core/clock.ts'
import type { EventStreams } from '../../http/streams/event-streams.ts'
import type { PrivacyVault } from '../../privacy/index.ts'
import type { Storage } from '../../views/with-views.ts'
import type { Contracts } from '../domain/customers/contracts.ts'
import type { Customers } from '../domain/customers/customers.ts'
import type { Meters } from '../domain/meters/meters.ts'
import type { Server } from '../server/server.ts'

/** What routes need. */
export type Context = {
  readonly storage: Storage
  readonly meters: Meters
  readonly customers: Customers
  readonly contracts: Contracts
  /** What forgets customers; undefined if the storage has none, and then there can be no customers. */
  readonly vault: PrivacyVault | undefined
  readonly clock: Clock
  /** The longest that a read waits for a position, in milliseconds. */
  readonly viewTimeout: number
  /** Aborted when the server closes, so that no request waits for a view any longer. */
  readonly closing: AbortSignal
  /** Event streams of clients that watch a meter. */
  readonly streams: EventStreams
}

/** Adds one route. */
export type Route = (api: Server, context: Context) => void
