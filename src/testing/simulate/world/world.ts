import type { ViewDocument } from '../../../core/port/view-store.ts'
import type { HashInterval } from '../../../core/positions/hash-interval.ts'
import type { MemoryStorage } from '../../memory/index.ts'
import type { Parkings } from '../checks/parkings.ts'
import type { Faults } from './faults.ts'
import type { Parts } from './parts.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

/** What everybody in a simulation shares. */
export type World = {
  readonly scheduler: Scheduler
  readonly trace: Trace
  readonly faults: Faults
  readonly parts: Parts
  /** The database, as nobody but the simulation sees it: always there, and at once. */
  readonly db: MemoryStorage
  /** Chance for what happens between workers and database: how long it takes, what gets lost. */
  readonly random: () => number
  /** Which views are parked, and were. */
  readonly parkings: Parkings
  /** Up to where, in which parts of the feed, nobody reads anything again who began to read after it. */
  readonly unread: (HashInterval & { readonly lsn: number })[]
  /** Called with each document of a view that a process saved. */
  readonly watchers: ((saved: ViewDocument) => void)[]
  /** Notes something that must not be. */
  fail(failure: string): void
}
