import type { StoragePort } from '../../src/core/index.ts'
import { uuidV7 } from '../../src/core/uuid.ts'
import { meterOf, readingData } from './sample-events.ts'

const APPENDERS = 512

/**
 * Fills the log with single events, the nth into the stream of its meter, as many appends at once as a busy service has.
 *
 * @returns the position of the last append
 */
export async function seedEvents(storage: StoragePort, count: number): Promise<string> {
  let next = 0
  let last = ''
  async function appender(): Promise<void> {
    while (next < count) {
      const n = next++
      const event = { eventType: 'ReadingTaken', eventData: readingData(n), metadata: { eventId: uuidV7() } }
      const { position } = await storage.events.append(`reading:${meterOf(n)}`, [event], { expectedVersion: 'any' })
      if (n === count - 1) last = position
    }
  }
  await Promise.all(Array.from({ length: APPENDERS }, appender))
  return last
}
