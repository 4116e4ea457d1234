import { compareEvents } from '../../../core/adapters/compare-events.ts'
import { recordedTime } from '../../../core/events/recorded-time.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import { assertStreamId } from '../../../core/stream-id.ts'
import { visibleText } from '../../../process/visible-text.ts'
import type { CausationAnswer } from '../../contract/requests.ts'
import { requiredText, textOf } from '../input/query.ts'
import { readRoute } from '../read-route.ts'
import { findEvent } from './find-event.ts'
import { type Budget, END_OF_TIME, type Found, scan } from './scan.ts'

const MOST_EVENTS = 200
// Events that one look-up reads, half of them at most to find causes.
const MOST_READ = 10_000

export const causationRoute = readRoute(
  'causation',
  async ({ query, signal }, { storage }): Promise<CausationAnswer> => {
    const id = requiredText(query, 'id')
    const streamId = textOf(query, 'stream')
    if (streamId !== undefined) assertStreamId(streamId)
    return causationOf(storage.events, id, streamId, signal)
  },
)

/** What led to an event and what followed from it, as its metadata says, in the order of recording. */
async function causationOf(
  events: EventLog,
  id: string,
  streamId: string | undefined,
  signal: AbortSignal,
): Promise<CausationAnswer> {
  const budget: Budget = { left: MOST_READ / 2, isSpent: false, signal }
  const start = await findEvent(events, id, { streamId, before: END_OF_TIME }, budget)
  if (start === undefined) return { events: [], cut: budget.isSpent }
  const causes = await causesOf(events, start, budget)
  const isCut = budget.isSpent
  const following: Budget = { left: MOST_READ / 2, isSpent: false, signal }
  const later = await scan(events, timeOf(causes[0] ?? start), END_OF_TIME, following, isLinked)
  const related = relatedTo(start, [...causes, ...later])
  return {
    events: related.slice(0, MOST_EVENTS).map(answerOf),
    cut: isCut || following.isSpent || related.length > MOST_EVENTS,
  }
}

/** The causes of an event, the first one first. */
async function causesOf(events: EventLog, start: Found, budget: Budget): Promise<readonly Found[]> {
  const causes: Found[] = []
  const known = new Set([start.metadata.eventId])
  for (let effect = start; causes.length < MOST_EVENTS; ) {
    const { causationId } = effect.metadata
    if (typeof causationId !== 'string' || known.has(causationId)) break
    known.add(causationId)
    const near = { streamId: effect.stream.id, before: timeOf(effect) }
    const cause = await findEvent(events, causationId, near, budget)
    if (cause === undefined) break
    causes.unshift(cause)
    effect = cause
  }
  return causes
}

/** Those that share the correlation, or are linked by causes, to whatever depth; each once, in the order of recording. */
function relatedTo(start: Found, candidates: readonly Found[]): readonly Found[] {
  const byId = new Map([start, ...candidates].map((one) => [one.metadata.eventId, one]))
  const { correlationId } = start.metadata
  const related = new Set<string>([start.metadata.eventId])
  for (const { metadata } of byId.values()) {
    if (typeof correlationId === 'string' && metadata.correlationId === correlationId) related.add(metadata.eventId)
  }
  for (let size = 0; size !== related.size; ) {
    size = related.size
    for (const { metadata } of byId.values()) {
      const { eventId, causationId } = metadata
      if (typeof causationId !== 'string') continue
      if (related.has(causationId)) related.add(eventId)
    }
  }
  for (let one = start.metadata.causationId; typeof one === 'string' && byId.has(one) && !related.has(one); ) {
    related.add(one)
    one = byId.get(one)?.metadata.causationId
  }
  return [...byId.values()].filter(({ metadata }) => related.has(metadata.eventId)).sort(compareEvents)
}

const isLinked = ({ metadata }: Found): boolean =>
  typeof metadata.correlationId === 'string' || typeof metadata.causationId === 'string'

const timeOf = ({ metadata }: Found): number => recordedTime(metadata.recordedAt)?.getTime() ?? 0

const answerOf = ({ stream, eventType, metadata }: Found): CausationAnswer['events'][number] => ({
  streamId: stream.id,
  version: stream.version,
  type: visibleText(eventType),
  id: metadata.eventId,
  recordedAt: metadata.recordedAt,
  causationId: typeof metadata.causationId === 'string' ? metadata.causationId : null,
})
