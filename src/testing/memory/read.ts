import { StreamDeleted } from '../../core/errors/append.ts'
import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { InvalidPosition } from '../../core/errors/input.ts'
import { type EventDocument, HUSK } from '../../core/port/event-document.ts'
import type { EventLog, FoundAppend, Located, ReadOptions } from '../../core/port/event-log.ts'
import { decodePosition } from '../../core/positions/position-token.ts'
import { followingPage } from '../../core/reading/following-page.ts'
import { readOptionsOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { documentOf, positionOf, streamOf } from './documents.ts'
import type { Handle } from './handle.ts'
import type { MemoryState, StoredStream } from './state.ts'

const PAGE = 100

/** The reading half of the event log in memory. */
export function reader(handle: Handle): Pick<EventLog, 'read' | 'load' | 'findAppend' | 'locate'> {
  const { state } = handle
  return {
    async *read(streamId, options = {}) {
      handle.assertOpen()
      assertStreamId(streamId)
      let rest: ReadOptions | undefined = readOptionsOf(options)
      while (rest !== undefined) {
        rest.signal?.throwIfAborted()
        const page = await handle.run(() => slice(existing(state, streamId), rest as ReadOptions, PAGE))
        for (const event of page) {
          options.signal?.throwIfAborted()
          yield event
        }
        rest = page.length < PAGE ? undefined : followingPage(rest, page)
      }
    },
    async load(streamId, options = {}) {
      handle.assertOpen()
      assertStreamId(streamId)
      const asked = readOptionsOf(options)
      asked.signal?.throwIfAborted()
      return handle.run(() => {
        const stream = existing(state, streamId)
        return { events: slice(stream, asked, Number.POSITIVE_INFINITY), version: stream.events.length }
      })
    },
    async findAppend(streamId, eventId) {
      handle.assertOpen()
      assertStreamId(streamId)
      return handle.run(() => {
        const stream = existing(state, streamId)
        const found = stream.versions.get(eventId)
        return found === undefined ? undefined : appendAround(state, stream, found)
      })
    },
    async locate(position) {
      handle.assertOpen()
      const { incarnation, marks } = decodePosition(position)
      if (incarnation !== state.incarnation) {
        throw new IncarnationMismatch('A position', state.incarnation, incarnation)
      }
      return handle.run(() => marks.map(({ streamId, version }) => locateIn(streamOf(state, streamId), version)))
    },
  }
}

function existing(state: MemoryState, streamId: string): StoredStream {
  const stream = streamOf(state, streamId)
  if (stream.deleted) throw new StreamDeleted(streamId)
  return stream
}

function slice(stream: StoredStream, options: ReadOptions, page: number): EventDocument[] {
  const { from, to, direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options
  const head = stream.events.length
  const [low, high] = direction === 'forwards' ? [from ?? 1, to ?? head] : [to ?? 1, from ?? head]
  const first = Math.max(low, 1)
  const last = Math.min(high, head)
  const count = Math.max(0, Math.min(last - first + 1, limit, page))
  const events = Array.from({ length: count }, (_, i) =>
    direction === 'forwards' ? stream.events[first - 1 + i] : stream.events[last - 1 - i],
  )
  return events.flatMap((event) => (event ? [documentOf(event)] : []))
}

function appendAround(state: MemoryState, stream: StoredStream, version: number): FoundAppend {
  const { appendId } = stream.events[version - 1] ?? {}
  let [first, last] = [version, version]
  while (stream.events[first - 2]?.appendId === appendId) first--
  while (stream.events[last]?.appendId === appendId) last++
  return {
    version: last,
    position: positionOf(state, stream, last),
    events: slice(stream, { from: first, to: last }, Number.POSITIVE_INFINITY),
  }
}

function locateIn(stream: StoredStream, version: number): Located {
  if (version < 1 || version > stream.events.length) throw new InvalidPosition()
  const { id: streamId, hash } = stream
  const event = stream.events[version - 1]
  if (!event || documentOf(event).eventType === HUSK) return { streamId, hash, at: 'erased' }
  return { streamId, hash, at: { lsn: event.lsn, hash, version } }
}
