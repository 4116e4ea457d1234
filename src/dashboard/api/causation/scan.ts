import type { EventDocument } from '../../../core/port/event-document.ts'
import type { EventLog } from '../../../core/port/event-log.ts'

/** How many events may still be read; `isSpent` once some that were wanted could not be. */
export type Budget = { left: number; isSpent: boolean; readonly signal: AbortSignal }

/** An event without its data: of thousands, those would not fit into memory. */
export type Found = Pick<EventDocument, 'stream' | 'eventType' | 'metadata'>

/** The latest time that a Date holds. */
export const END_OF_TIME = 8.64e15

/**
 * Reads the events that were recorded in a time, as far as the budget goes.
 *
 * @param from milliseconds since 1970, inclusive
 * @param to exclusive
 * @returns those that are wanted, in the order of recording
 */
export async function scan(
  events: EventLog,
  from: number,
  to: number,
  budget: Budget,
  isWanted: (document: Found) => boolean,
): Promise<readonly Found[]> {
  const found: Found[] = []
  const recorded = { from: new Date(Math.max(from, 0)), to: new Date(Math.min(to, END_OF_TIME)) }
  const { left, signal } = budget
  for await (const { stream, eventType, metadata } of events.query({ recorded, limit: left + 1, signal })) {
    if (budget.left === 0) {
      budget.isSpent = true
      break
    }
    budget.left--
    const document = { stream, eventType, metadata }
    if (isWanted(document)) found.push(document)
  }
  return found
}
