import { systemClock } from '../../../src/core/clock.ts'
import { FeedRangeGone } from '../../../src/core/errors/feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { Projection } from '../../../src/projections/projection.ts'

/** Waits until something holds. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, timeout = 10_000): Promise<void> {
  const end = Date.now() + timeout
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within ${timeout} ms: ${what}`)
    await systemClock.sleep(5)
  }
}

/** Waits until no event is left for these projections on any range. */
export async function untilCaughtUp(
  port: StoragePort,
  projections: readonly Projection[],
  timeout = 10_000,
): Promise<void> {
  await until(
    'every range is read to its end',
    () =>
      isCaughtUp(port, projections).catch((error) => {
        // The ranges may be told as they were some seconds ago.
        if (error instanceof FeedRangeGone) return false
        throw error
      }),
    timeout,
  )
}

async function isCaughtUp(port: StoragePort, projections: readonly Projection[]): Promise<boolean> {
  for (const range of await port.feed.ranges()) {
    for (const { name, version } of projections) {
      const found = (await port.leases.list({ projection: name, version })).find(
        ({ document }) => document.range.min === range.min && document.range.max === range.max,
      )
      const { events: behind } = await port.feed.lag(range, found?.document.continuation ?? 'start')
      if (behind > 0 || !found) return false
    }
  }
  return true
}
