import type { MemoryStorage } from '../../memory/index.ts'
import type { Parkings } from '../checks/parkings.ts'
import type { Faults } from './faults.ts'
import type { Scheduler } from './scheduler.ts'
import type { Trace } from './trace.ts'

/** What everybody in a simulation shares. */
export type World = {
  readonly scheduler: Scheduler
  readonly trace: Trace
  readonly faults: Faults
  /** The database, as nobody but the simulation sees it: always there, and at once. */
  readonly db: MemoryStorage
  /** Chance for what happens between workers and database: how long it takes, what gets lost. */
  readonly random: () => number
  /** Which views are parked, and were. */
  readonly parkings: Parkings
  /** Notes something that must not be. */
  fail(failure: string): void
}
