import { LogDiverged } from '../../../core/errors/feed.ts'
import { parseEventReference } from '../../../core/events/event-reference.ts'
import type { Run } from '../run.ts'
import { type FeedWindows, openWindows } from './feed-window.ts'

// Events buffered for all ranges together, and the least and the most for each.
const BUFFERED = 8192
const [FEWEST, MOST] = [64, 1000]

/** Opens the feed at its start. */
export async function openFeed({ storage, signal, findings }: Run): Promise<FeedWindows> {
  const ranges = await storage.feed.ranges()
  const faults = new Set<string>()
  return openWindows({
    feed: storage.feed,
    limit: Math.min(MOST, Math.max(FEWEST, Math.floor(BUFFERED / ranges.length))),
    signal,
    onFault(fault) {
      if (faults.has(fault)) return
      faults.add(fault)
      findings.add('notAsWritten', `The database is not as it was set up: ${fault}`)
    },
    onLost(error) {
      const event = error instanceof LogDiverged ? parseEventReference(error.event) : undefined
      if (event !== undefined) findings.add('eventMissing', 'The event was sealed, and is not in the log', event)
    },
  })
}
