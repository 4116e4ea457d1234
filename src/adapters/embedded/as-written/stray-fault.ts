import { SLOT_SIZE } from '../schema/events.ts'
import type { Database } from '../sqlite/database.ts'

/**
 * Whether the log has rows that are in no slot: the feed has no such row, although a query of types returns its event.
 *
 * @param slots the number of slots of the folder
 */
export function strayFault(log: Database, slots: number): string | undefined {
  // The position at which a slot starts is before its first event.
  const starts = Array.from({ length: slots }, (_, slot) => slot * SLOT_SIZE)
  const stray = `pos < 0 OR pos IN (${starts}) OR pos >= ${slots * SLOT_SIZE}`
  const [isStray] = log.get<[number]>(`SELECT EXISTS (SELECT 1 FROM events WHERE ${stray})`) as [number]
  return isStray === 1 ? 'it has rows that are in no feed range' : undefined
}
