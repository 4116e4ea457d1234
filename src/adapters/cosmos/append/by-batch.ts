import type { JSONObject, OperationInput } from '@azure/cosmos'
import { judgeAppend } from '../../../core/append/append-rules.ts'
import { isExpected } from '../../../core/append/expected-version.ts'
import { isSameJson } from '../../../core/json/same-json.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import { batch } from '../client/batch.ts'
import { AnswerLost, refusalOf } from '../client/failures/errors.ts'
import type { Operation } from '../client/operation.ts'
import { recordedAtOf, type StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { look, type Seen } from '../streams/head-and-ids.ts'
import { refreshStream } from '../streams/refresh.ts'
import { readHead, type WithSession } from '../streams/stream-query.ts'
import type { AppendOutcome, AppendRequest } from './request.ts'

/**
 * Appends by transactional batch: a query of the stream, then a batch that reads the head, so that no gap can open, and
 * creates the events. If another writer was first, the batch fails as a whole, and its session token makes the next
 * query at least as recent.
 */
export function appendByBatch(
  operation: Operation,
  handle: Handle,
  request: AppendRequest,
): Promise<WithSession<AppendOutcome>> {
  const { streamId, expectedVersion } = request
  const append = () => lookAndWrite(operation, handle, request)
  const isAnywhere = expectedVersion === 'any' || expectedVersion === 'streamExists'
  return isAnywhere ? handle.gate.run(streamId, operation.signal, append) : append()
}

async function lookAndWrite(
  operation: Operation,
  handle: Handle,
  request: AppendRequest,
): Promise<WithSession<AppendOutcome>> {
  let fresh = false
  for (let attempt = 0; ; attempt++) {
    const seen = await look(operation, handle, request)
    const verdict = judge(request, seen)
    if (verdict === 'behind') {
      // A lagging replica may be the reason why the stream appears not to exist yet.
      const refused = fresh ? await refusal(operation, handle, request) : undefined
      if (refused) return { ...refused, session: seen.session }
      if (!fresh) await refreshStream(operation, handle, request.streamId)
      fresh = true
      continue
    }
    if (verdict !== 'append') return { ...verdict, session: seen.session }
    const written = await write(operation, handle, request, seen.head)
    if (written !== 'lost' && written !== 'raced') return written
    fresh = written === 'raced'
    await operation.again(attempt)
  }
}

// `behind`: nothing confirms the append, nor rejects it permanently.
function judge(request: AppendRequest, { head, known }: Seen): AppendOutcome | 'append' | 'behind' {
  const { events, expectedVersion } = request
  const actual = head?.stream.version ?? 0
  if (head?.eventType === TOMBSTONE) return { outcome: 'deleted', actual }
  const ids = events.map(({ metadata }) => metadata.eventId)
  const verdict = judgeAppend(expectedVersion, actual, ids, (id) => known.get(id)?.stream.version)
  if (verdict.kind === 'append') return 'append'
  if (verdict.kind === 'conflict') {
    return head === undefined && !isExpected(expectedVersion, 0) ? 'behind' : { outcome: 'conflict', actual }
  }
  const other = events.find((event) => !sameContent(event, known.get(event.metadata.eventId)))
  if (other) return { outcome: 'eventIdReused', actual, eventId: other.metadata.eventId }
  const last = known.get(ids.at(-1) as string) as StoredEvent
  return { outcome: 'duplicate', version: verdict.last, ...(last.appendId && { appendId: last.appendId }) }
}

function sameContent(event: AppendRequest['events'][number], stored: StoredEvent | undefined): boolean {
  return stored?.eventType === event.eventType && isSameJson(stored.eventData, event.eventData)
}

/** Why an append past a stream's end is refused, or undefined if the stream has reached it in the meantime. */
async function refusal(
  operation: Operation,
  handle: Handle,
  { streamId, expectedVersion }: AppendRequest,
): Promise<AppendOutcome | undefined> {
  const { head } = await readHead(operation, handle, streamId)
  const actual = head?.stream.version ?? 0
  if (head?.eventType === TOMBSTONE) return { outcome: 'deleted', actual }
  const hasCaughtUp = expectedVersion === 'streamExists' ? actual > 0 : actual >= Number(expectedVersion)
  return hasCaughtUp ? undefined : { outcome: 'conflict', actual }
}

/** Creates the events after the head. Tombstones are written with it, too. */
export async function write(
  operation: Operation,
  { containers: { events: target } }: Handle,
  { streamId, events, appendId, recordedAt: now }: AppendRequest,
  head: StoredEvent | undefined,
): Promise<
  WithSession<{ readonly outcome: 'appended'; readonly version: number; readonly appendId: string }> | 'raced' | 'lost'
> {
  const before = head?.stream.version ?? 0
  const latest = head === undefined ? now : recordedAtOf(head)
  const recordedAt = latest > now ? latest : now
  const guard: OperationInput[] = head === undefined ? [] : [{ operationType: 'Read', id: head.id }]
  const creates = events.map(({ eventType, eventData, metadata }, i): OperationInput => {
    const version = before + i + 1
    const resourceBody = {
      id: `${streamId}:${version}`,
      stream: { id: streamId, version },
      eventType,
      eventData,
      metadata: { ...metadata, recordedAt },
      appendId,
    }
    return { operationType: 'Create', resourceBody: resourceBody as unknown as JSONObject }
  })
  try {
    const { session } = await batch(operation, { ...target, kind: 'write' }, streamId, [...guard, ...creates])
    return { outcome: 'appended', version: before + events.length, appendId, session }
  } catch (error) {
    if (error instanceof AnswerLost) return 'lost'
    const status = refusalOf(error)
    if (status === 404 || status === 409 || status === 412) return 'raced'
    throw error
  }
}
