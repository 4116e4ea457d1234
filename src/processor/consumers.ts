import { type FeedConsumer, isFeedConsumer, type RunningConsumer } from '../core/feed/consumer.ts'
import type { Reading } from '../core/telemetry/telemetry.ts'
import type { RangeContext } from './ranges/range-context.ts'
import type { Work } from './work.ts'

/** The consumers of a processor, at work. */
export type Consumers = {
  /** The one that was started for a consumer. */
  of(consumer: FeedConsumer): RunningConsumer
  /** The gauges of all of them, without those that cannot be read now. */
  gauges(): Promise<readonly Reading[]>
  /** Resolves when none is at work any more. Call it when all range workers have ended. */
  end(): Promise<void>
}

/**
 * Starts the consumers of a processor.
 *
 * @param abandon aborts the signal; called if one of them cannot start, before the others are ended
 * @throws what one of them cannot start without
 */
export async function startConsumers(
  work: readonly Work[],
  { storage, clock, signal, onError }: Pick<RangeContext, 'storage' | 'clock' | 'signal' | 'onError'>,
  abandon: () => void,
): Promise<Consumers> {
  const running = new Map<FeedConsumer, RunningConsumer>()
  const endAll = async () => void (await Promise.all([...running.values()].map((one) => one.end())))
  for (const consumer of work.filter(isFeedConsumer)) {
    const failed = (error: unknown) => onError(error, { projection: consumer.name })
    try {
      running.set(consumer, await consumer.startConsuming({ storage, clock, signal, failed }))
    } catch (error) {
      abandon()
      await endAll()
      throw error
    }
  }
  return {
    of: (consumer) => running.get(consumer) as RunningConsumer,
    async gauges() {
      const readings = await Promise.allSettled([...running.values()].map(async (one) => one.gauges?.() ?? []))
      return readings.flatMap((reading) => (reading.status === 'fulfilled' ? reading.value : []))
    },
    end: endAll,
  }
}
