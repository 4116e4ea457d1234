import type { EventDocument } from '../../../core/port/event-document.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import type { StreamEvent, StreamEventsAnswer } from '../../contract/requests.ts'
import type { DashboardContext } from '../../server/route.ts'
import { wholeNumberOf } from '../input/query.ts'
import { streamIdOf } from '../input/references.ts'
import { readRoute } from '../read-route.ts'
import { assertHead } from './show-stream.ts'
import { streamEvent } from './stream-event.ts'

// Events may have 30 MB each: one is read at first, more while they are small, and one at a time once they are not.
const MOST_AT_ONCE = 32
const LARGE = 1024 * 1024
// Bytes of payloads after which a page ends.
const MOST_BYTES = 4 * 1024 * 1024

export const listEventsRoute = readRoute(
  'streams/:id/events',
  async ({ params, query }, { storage, operations, payloads }): Promise<StreamEventsAnswer> => {
    const streamId = streamIdOf(params)
    const head = await assertHead(storage.events, streamId)
    const before = wholeNumberOf(query, 'before', { least: 1 }) ?? head + 1
    const limit = wholeNumberOf(query, 'limit', { least: 1, most: 100 }) ?? 20
    const known = knownEvents(operations)
    const { events, last } = await eventsBefore(
      storage.events,
      streamId,
      Math.min(before, head + 1),
      limit,
      (document) => streamEvent(document, payloads, known),
    )
    return { events: withCauses(streamId, events), next: last > 1 ? last : null }
  },
)

async function eventsBefore(
  log: EventLog,
  streamId: string,
  before: number,
  limit: number,
  toEvent: (document: EventDocument) => StreamEvent,
): Promise<{ readonly events: readonly StreamEvent[]; readonly last: number }> {
  const events: StreamEvent[] = []
  let last = before
  let bytes = 0
  for (let atOnce = 1; last > 1 && events.length < limit && bytes < MOST_BYTES; ) {
    const part = { from: last - 1, limit: Math.min(atOnce, limit - events.length), direction: 'backwards' } as const
    const loaded = (await log.load(streamId, part)).events.map(toEvent)
    if (loaded.length === 0) break
    events.push(...loaded)
    last = loaded.at(-1)?.version ?? 1
    const read = loaded.reduce((sum, { data, metadata }) => sum + data.bytes + metadata.bytes, 0)
    bytes += read
    atOnce = read > LARGE ? 1 : Math.min(2 * atOnce, MOST_AT_ONCE)
  }
  return { events, last }
}

const knownEvents = ({ recentEvents }: DashboardContext['operations']) =>
  new Map(recentEvents().map(({ id, streamId, version }) => [id, { streamId, version }] as const))

/** Names the causes that are on the same page. */
function withCauses(streamId: string, events: readonly StreamEvent[]): readonly StreamEvent[] {
  const versions = new Map(events.map(({ id, version }) => [id, version]))
  return events.map((event) => {
    const version = event.causationId === null ? undefined : versions.get(event.causationId)
    return event.cause || version === undefined ? event : { ...event, cause: { streamId, version } }
  })
}
