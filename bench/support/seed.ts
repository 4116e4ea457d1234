import { uuidV7 } from '../../src/core/append/uuid.ts'
import type { StoragePort } from '../../src/core/index.ts'
import { meterOf, readingData } from './sample-events.ts'

const APPENDERS = 512

/**
 * Fills the log with events, the nth into the stream of its meter, as many appends at once as a busy service has.
 *
 * @param burst how many events in a row are about one meter, and come in appends of ten; else any meter comes next
 * @returns the position of the last append
 */
export async function seedEvents(storage: Pick<StoragePort, 'events'>, count: number, burst?: number): Promise<string> {
  const size = burst === undefined ? 1 : 10
  const meter = (n: number) => (burst === undefined ? meterOf(n) : String(87_000_000 + Math.floor(n / burst)))
  let next = 0
  let last = ''
  async function appender(): Promise<void> {
    while (next < count) {
      const first = next
      next += size
      const events = Array.from({ length: size }, (_, i) => {
        const eventData = { ...readingData(first + i), meterId: meter(first) }
        return { eventType: 'ReadingTaken', eventData, metadata: { eventId: uuidV7() } }
      })
      const { position } = await storage.events.append(`reading:${meter(first)}`, events, { expectedVersion: 'any' })
      if (first === count - size) last = position
    }
  }
  await Promise.all(Array.from({ length: APPENDERS }, appender))
  return last
}
