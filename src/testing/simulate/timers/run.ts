import type { StoragePort } from '../../../core/port/storage.ts'
import type { Work } from '../../../processor/work.ts'
import { TIMERS, TIMERS_VERSION } from '../../../timers/pending/pending-index.ts'
import { timersConsumer } from '../../../timers/pending/timers-consumer.ts'
import type { Ending } from '../checks/final-checks.ts'
import type { World } from '../world/world.ts'
import { timersEnding } from './final-checks.ts'
import { createHandlers } from './handlers.ts'

/** The timers of a run: handlers that change them, and workers that fire them. */
export type TimersRun = {
  /** What fires timers in a worker's process. */
  readonly work: readonly Work[]
  /** What has leases besides projections. */
  readonly consumers: readonly Pick<Work, 'name' | 'version'>[]
  /** What happens at moments, and at most how often. */
  readonly happenings: readonly (readonly [most: number, happen: () => void])[]
  readonly ending: Ending
}

/** Creates the timers of a run. @param end when the faults end: virtual milliseconds */
export function createTimersRun(
  world: World,
  random: () => number,
  interpose: (port: StoragePort) => StoragePort,
  end: number,
): TimersRun {
  const handlers = createHandlers(world, random, interpose, end)
  return {
    work: [timersConsumer],
    consumers: [{ name: TIMERS, version: TIMERS_VERSION }],
    happenings: [[30, () => handlers.act()]],
    ending: timersEnding(world, handlers),
  }
}
