import { judgeAppend } from '../../core/append/append-rules.ts'
import { type PreparedEvent, prepareAppend } from '../../core/append/prepare-append.ts'
import { uuidV7 } from '../../core/append/uuid.ts'
import { EventIdReused, StreamDeleted, WrongExpectedVersion } from '../../core/errors/append.ts'
import { isSameJson } from '../../core/json/same-json.ts'
import type { AppendOptions, AppendResult, EventLog } from '../../core/port/event-log.ts'
import { documentOf, partitionOf, positionOf, streamOf, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'
import type { StoredEvent, StoredStream } from './state.ts'

/** `EventLog.append` in memory. */
export function appender(handle: Handle): EventLog['append'] {
  return async (streamId, events, options) => {
    handle.assertOpen()
    const prepared = prepareAppend(streamId, events, options, handle.limits)
    return handle.run((): AppendResult => {
      const stream = streamOf(handle.state, streamId)
      if (stream.deleted) throw new StreamDeleted(streamId)
      const ids = prepared.map(({ eventId }) => eventId)
      const head = stream.events.length
      const verdict = judgeAppend(options.expectedVersion, head, ids, (id) => stream.versions.get(id))
      if (verdict.kind === 'conflict') throw new WrongExpectedVersion(streamId, options.expectedVersion, head)
      if (verdict.kind === 'append') {
        commit(handle, stream, prepared, options)
        return answer(handle, stream, stream.events.length, false)
      }
      prepared.forEach((event, i) => {
        if (!sameContent(event, stream.events[verdict.first - 1 + i] as StoredEvent)) {
          throw new EventIdReused(streamId, event.eventId)
        }
      })
      return answer(handle, stream, verdict.last, true)
    })
  }
}

/** Writes the events of one append: into their stream and, under one LSN, into the log of its partition. */
export function commit(
  handle: Handle,
  stream: StoredStream,
  prepared: readonly PreparedEvent[],
  options: AppendOptions,
): void {
  const { state, clock } = handle
  const partition = partitionOf(state, stream.hash)
  const lsn = ++partition.lsn
  const appendId = uuidV7()
  const first = stream.events.length + 1
  stream.recordedAt = Math.max(stream.recordedAt, options.recordedAt?.getTime() ?? clock.now())
  const recordedAt = new Date(stream.recordedAt).toISOString()
  for (const event of prepared) {
    const version = stream.events.length + 1
    const json = JSON.stringify(toDocument(stream, version, event, recordedAt))
    stream.events.push({ json, eventId: event.eventId, appendId, lsn })
    stream.versions.set(event.eventId, version)
  }
  state.streams.set(stream.id, stream)
  partition.appends.push({ lsn, streamId: stream.id, first, last: stream.events.length })
  handle.wake('events')
}

/** The result of an append that ended at `version`. */
export const answer = (handle: Handle, stream: StoredStream, version: number, duplicate: boolean): AppendResult => ({
  version,
  position: positionOf(handle.state, stream, version),
  duplicate,
})

function sameContent(event: PreparedEvent, stored: StoredEvent): boolean {
  const { eventType, eventData } = documentOf(stored)
  return eventType === event.type && isSameJson(eventData, JSON.parse(event.data))
}
