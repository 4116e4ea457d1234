import type { AppendMode } from '../../../src/adapters/cosmos/index.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { InProcessEmulator, PipelineRequestLike } from '../../../src/cosmos-emulator/index.ts'
import type { Parkings } from '../../../src/testing/simulate/checks/parkings.ts'
import type { Faults } from '../../../src/testing/simulate/world/faults.ts'
import type { Trail } from './trail.ts'

// As in the simulator, all is a matter of how it compares with a lease; but here, time passes by itself.
const lease = 600

/** Times of a run: milliseconds. */
export const PACE = {
  lease,
  /** Between two looks at the leases, and between two at the feed. */
  poll: lease / 4,
  renew: lease / 2,
  /** How long faults go on, at least and at most. */
  shortest: 2 * lease,
  longest: 4 * lease,
  /** By how much clocks differ at most. */
  skew: lease / 5,
  /** How late the emulator answers at most, and how long a line may hold a request up. */
  late: lease / 20,
  held: 1.2 * lease,
  /** Until another process is there after one that ended. */
  restart: lease / 2,
  pause: 2 * lease,
  outage: lease,
} as const

export const DATABASE = 'faults'

/** What everybody in a run shares. */
export type World = {
  readonly emulator: InProcessEmulator
  /** The time of the run, which stands still while the machine does something else. */
  readonly clock: Clock
  readonly append: AppendMode
  readonly faults: Faults
  readonly random: () => number
  readonly parkings: Parkings
  /** What happened, to be told with a failure. */
  readonly trail: Trail
  /** Stands between a process and its storage. */
  readonly interpose: (port: StoragePort) => StoragePort
  /** What becomes of a request on its way. */
  readonly tamper: (request: PipelineRequestLike) => PipelineRequestLike
  /** Lets something happen later; the run waits for it. */
  later(milliseconds: number, happen: () => unknown): void
  fail(failure: string): void
}

/** A failure in a few words. */
export const tell = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? String(error)) : String(error)
