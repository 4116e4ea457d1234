import { StreamDeleted } from '../../../core/errors/append.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import { type Budget, type Found, scan } from './scan.ts'

// Milliseconds before an event in which its cause is looked for, nearest first.
const WINDOWS = [1_000, 10_000, 60_000, 600_000, 3_600_000]

// How much later than its id was made an event is recorded at most, and how far clocks are apart.
const [LATER, EARLIER] = [60_000, 2_000]

/** What is known of where an event may be. */
export type Near = {
  /** A stream that it may be in. */
  readonly streamId?: string | undefined
  /** A time, in milliseconds since 1970, that it was recorded at or before. */
  readonly before: number
}

/**
 * Finds an event by its id: in a stream by index, and otherwise by the time at which it was recorded, which ids of version
 * 7 tell; of other ids, in the hour before.
 */
export async function findEvent(
  events: EventLog,
  id: string,
  { streamId, before }: Near,
  budget: Budget,
): Promise<Found | undefined> {
  const isIt = ({ metadata }: Found) => metadata.eventId === id
  const inStream = streamId === undefined ? undefined : await findInStream(events, streamId, id)
  if (inStream) return inStream
  const made = timeOfUuid(id)
  if (made !== undefined) return (await scan(events, made - EARLIER, made + LATER, budget, isIt))[0]
  let until = before + 1
  for (const window of WINDOWS) {
    const [found] = await scan(events, before - window, until, budget, isIt)
    if (found || budget.left === 0) return found
    until = before - window
  }
  return undefined
}

async function findInStream(events: EventLog, streamId: string, id: string): Promise<EventDocument | undefined> {
  try {
    return (await events.findAppend(streamId, id))?.events.find(({ metadata }) => metadata.eventId === id)
  } catch (error) {
    if (error instanceof StreamDeleted) return undefined
    throw error
  }
}

const VERSION_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

/** When a UUID of version 7 was made, in milliseconds since 1970; undefined for other ids. */
export function timeOfUuid(id: string): number | undefined {
  const [, high, low] = VERSION_7.exec(id) ?? []
  return high === undefined ? undefined : Number.parseInt(`${high}${low}`, 16)
}
