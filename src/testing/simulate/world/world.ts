import type { ViewDocument } from '../../../core/port/view-store.ts'
import type { HashInterval } from '../../../core/positions/hash-interval.ts'
import type { MemoryStorage } from '../../memory/index.ts'
import type { Parkings } from '../checks/parkings.ts'
import type { Faults } from './faults.ts'
import type { Parts } from './parts.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

/** What all participants of a simulation share. */
export type World = {
  readonly scheduler: Scheduler
  readonly trace: Trace
  readonly faults: Faults
  readonly parts: Parts
  /** The database, as only the simulation sees it: always available, and without delay. */
  readonly db: MemoryStorage
  /** The random source for what happens between workers and database: how long it takes, what gets lost. */
  readonly random: () => number
  /** Which views are parked, and were. */
  readonly parkings: Parkings
  /** Up to where, in which parts of the feed, no new reader reads any more. */
  readonly unread: (HashInterval & { readonly lsn: number })[]
  /** Called with each document of a view that a process saved. */
  readonly watchers: ((saved: ViewDocument) => void)[]
  /** Records a failure. */
  fail(failure: string): void
}
