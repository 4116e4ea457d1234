import { StreamDeleted } from '../../core/errors/append.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { MOST_CHAINED } from '../evaluation/chain-depth.ts'
import type { CauseLink } from './explanation.ts'
import { outcomeOf } from './recorded-outcome.ts'

/**
 * Which rule wrote an event, and which ones led to it. The chain ends with the event that no rule wrote, or whose stream
 * was deleted since.
 *
 * @throws what the storage throws
 */
export async function causesOf(
  { events }: Pick<StoragePort, 'events'>,
  document: EventDocument,
): Promise<readonly CauseLink[]> {
  const causes: CauseLink[] = []
  let written: EventDocument | undefined = document
  while (written !== undefined && causes.length < MOST_CHAINED) {
    const link = await linkOf(written)
    if (link === undefined) break
    causes.push(link)
    written = await load(link.cause)
  }
  return causes

  async function linkOf({ stream, metadata }: EventDocument): Promise<CauseLink | undefined> {
    if (typeof metadata.ruleDepth !== 'number') return undefined
    const append = await events.findAppend(stream.id, metadata.eventId)
    const found = append && outcomeOf(append)
    if (append === undefined || found === undefined) return undefined
    const { outcome, record } = found
    const { rule, version, depth, cause } = record
    return { rule, version, outcome, at: { streamId: stream.id, version: append.version }, depth, cause }
  }

  async function load({ streamId, version }: CauseLink['cause']): Promise<EventDocument | undefined> {
    try {
      return (await events.load(streamId, { from: version, limit: 1 })).events[0]
    } catch (error) {
      if (error instanceof StreamDeleted) return undefined
      throw error
    }
  }
}
