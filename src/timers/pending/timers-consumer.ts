import type { ConsumerContext, FeedConsumer, RunningConsumer } from '../../core/feed/consumer.ts'
import { startFiring } from './firing.ts'
import { firstPage } from './first-timer.ts'
import { indexTimers, TIMERS, TIMERS_VERSION } from './pending-index.ts'
import { createTimerGauges } from './timer-gauges.ts'

/**
 * Fires timers in a processor: any number of workers divide the feed ranges among them. It maintains an index of the
 * pending timers, in the order in which they are due, and appends an event to the stream of each that is due.
 */
export const timersConsumer: FeedConsumer = {
  name: TIMERS,
  version: TIMERS_VERSION,
  async startConsuming(context: ConsumerContext): Promise<RunningConsumer> {
    const { storage, clock } = context
    await storage.viewStore.index?.(TIMERS, TIMERS_VERSION, ['at'])
    const firing = startFiring(storage, context)
    return {
      async beginsAt(range, checkpoint, signal) {
        const isOwn = checkpoint.incarnation === storage.incarnation && checkpoint.continuation !== null
        if (isOwn) {
          firing.own(range, signal)
          return checkpoint
        }
        // The index is of another log, or there is none yet.
        const page = await firstPage(storage, range, clock.now(), signal)
        await indexTimers(storage, page.events)
        firing.own(range, signal)
        return page
      },
      async consume(_range, page) {
        firing.expect(await indexTimers(storage, page.events))
        return page.events.length
      },
      gauges: createTimerGauges(storage, clock, () => firing.ranges),
      end: () => firing.end(),
    }
  },
}
