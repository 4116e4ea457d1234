import type { EventDocument } from '../../../core/port/event-document.ts'
import type { Operation } from '../client/operation.ts'

/**
 * Returns events in the order of queries, page by page. A failed page can be requested again; a returned one is not
 * returned twice.
 *
 * @param most approximately how many are enough
 */
export type Source = (
  operation: Operation,
  most: number,
) => Promise<{ readonly events: readonly EventDocument[]; readonly ended: boolean }>

/** Merges sources, each in order, into one in order. */
export function merged(sources: readonly Source[], compare: (a: EventDocument, b: EventDocument) => number): Source {
  const lanes = sources.map((source) => ({ source, waiting: [] as readonly EventDocument[], ended: false }))
  return async (operation, most) => {
    for (const lane of lanes) {
      if (lane.waiting.length > 0 || lane.ended) continue
      const { events, ended } = await lane.source(operation, most)
      lane.waiting = events
      lane.ended = ended
    }
    // What comes after the end of a lane with more rows may come after rows that the lane still has to return.
    const ends = lanes.flatMap(({ waiting, ended }) => (ended ? [] : [waiting.at(-1)]))
    const isSettled = (event: EventDocument) => ends.every((end) => end !== undefined && compare(event, end) <= 0)
    const events: EventDocument[] = []
    for (const lane of lanes) {
      const settled = lane.waiting.filter(isSettled)
      events.push(...settled)
      lane.waiting = lane.waiting.slice(settled.length)
    }
    return { events: events.sort(compare), ended: lanes.every(({ waiting, ended }) => ended && waiting.length === 0) }
  }
}
