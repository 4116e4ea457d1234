import type { StoragePort } from '../../../src/core/port/storage.ts'
import { below, oneOf } from '../../../src/testing/conformance/support/random.ts'
import { createOlder } from '../../../src/testing/simulate/storage/stale-continuations.ts'
import type { ProcessClock } from './process-clock.ts'
import { PACE, type World } from './world.ts'

/** The storage as a worker sees it, with what the port allows and no server can be made to do. */
export function workerPort({ faults, random }: World, port: StoragePort, clock: ProcessClock): StoragePort {
  const older = createOlder()
  return {
    ...port,
    feed: {
      ...port.feed,
      async read(range, from, options) {
        const place = faults.strikes('reread') ? oneOf(random, ['start', ...older.than(range, from)]) : from
        const page = await port.feed.read(range, place, options)
        older.remember(range, page)
        return page
      },
      async changed(signal) {
        if (!faults.strikes('wakeup')) return port.feed.changed(signal)
        await clock.sleep(below(random, PACE.poll), signal)
      },
    },
  }
}
