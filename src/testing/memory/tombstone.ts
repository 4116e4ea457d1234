import { isExpected } from '../../core/append/expected-version.ts'
import { prepareTombstone } from '../../core/append/prepare-append.ts'
import { EventIdReused, StreamDeleted, StreamNotFound, WrongExpectedVersion } from '../../core/errors/append.ts'
import { HUSK } from '../../core/port/event-document.ts'
import type { AppendResult, EventLog } from '../../core/port/event-log.ts'
import { eraseLimitOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { answer, commit } from './append.ts'
import { documentOf, partitionOf, streamOf } from './documents.ts'
import type { Handle } from './handle.ts'
import type { StoredStream } from './state.ts'

/** The deleting half of the event log in memory. */
export function deleter(handle: Handle): Pick<EventLog, 'tombstone' | 'erase'> {
  return {
    async tombstone(streamId, marker, options) {
      handle.assertOpen()
      const prepared = prepareTombstone(streamId, marker, options)
      return handle.run((): AppendResult => {
        const stream = streamOf(handle.state, streamId)
        const head = stream.events.length
        if (stream.deleted) {
          if (stream.events[head - 1]?.eventId === prepared.eventId) return answer(handle, stream, head, true)
          throw new StreamDeleted(streamId)
        }
        if (head === 0) throw new StreamNotFound(streamId)
        if (!isExpected(options.expectedVersion, head)) {
          throw new WrongExpectedVersion(streamId, options.expectedVersion, head)
        }
        if (stream.versions.has(prepared.eventId)) throw new EventIdReused(streamId, prepared.eventId)
        stream.deleted = true
        commit(handle, stream, [prepared], options)
        return answer(handle, stream, head + 1, false)
      })
    },
    async erase(streamId, options) {
      handle.assertOpen()
      assertStreamId(streamId)
      const limit = eraseLimitOf(options)
      return handle.run(() => {
        const stream = streamOf(handle.state, streamId)
        if (!stream.deleted) throw new StreamNotFound(streamId)
        let left = limit
        for (let version = stream.events.length - 1; version >= 1 && left > 0; version--) {
          if (eraseEvent(handle, stream, version)) left--
        }
        return { done: isHusk(stream) }
      })
    },
  }
}

function eraseEvent(handle: Handle, stream: StoredStream, version: number): boolean {
  const event = stream.events[version - 1]
  if (!event || (version === 1 && isHusk(stream))) return false
  stream.versions.delete(event.eventId)
  // Rewriting a document assigns it another LSN on Cosmos DB, so here too: a hidden entry in the feed.
  stream.events[version - 1] = version > 1 ? null : placeholder(stream, ++partitionOf(handle.state, stream.hash).lsn)
  return true
}

function placeholder(stream: StoredStream, lsn: number) {
  const { recordedAt } = documentOf(stream.events[0] as NonNullable<(typeof stream.events)[0]>).metadata
  const document = {
    id: `${stream.id}:1`,
    stream: { id: stream.id, version: 1 },
    eventType: HUSK,
    eventData: {},
    metadata: { eventId: HUSK, recordedAt },
  }
  return { json: JSON.stringify(document), eventId: HUSK, appendId: HUSK, lsn }
}

const isHusk = (stream: StoredStream): boolean => stream.events[0]?.appendId === HUSK
