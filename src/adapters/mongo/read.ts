import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { InvalidPosition } from '../../core/errors/input.ts'
import type { EventLog, FoundAppend, LoadedStream, Located, ReadOptions } from '../../core/port/event-log.ts'
import { decodePosition, type PositionMark } from '../../core/positions/position-token.ts'
import { placeOf } from '../../core/positions/stream-slot.ts'
import { followingPage } from '../../core/reading/following-page.ts'
import { readOptionsOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { readPart, versionOf } from './append/stream-part.ts'
import { positionAt } from './append.ts'
import type { Attempt } from './client/run.ts'
import { eventId as documentId, isErased, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'

const PAGE = 256

/** The reading half of the event log. */
export function reader(handle: Handle): Pick<EventLog, 'read' | 'load' | 'findAppend' | 'locate'> {
  const { collections } = handle
  const place = (streamId: string) => placeOf(streamId, handle.ranges.length)
  const load = async (streamId: string, given: ReadOptions): Promise<LoadedStream> => {
    handle.assertOpen()
    assertStreamId(streamId)
    const options = readOptionsOf(given)
    const name = { streamId, slot: place(streamId).slot }
    const { events, version } = await handle.run(
      ({ session }) => readPart({ collections, session }, name, options),
      options.signal,
    )
    return { events: events.map(toDocument), version }
  }
  return {
    async *read(streamId, options = {}) {
      let rest: ReadOptions | undefined = readOptionsOf(options)
      while (rest !== undefined) {
        const limit = Math.min(rest.limit ?? PAGE, PAGE)
        const { events }: LoadedStream = await load(streamId, { ...rest, limit })
        for (const event of events) {
          options.signal?.throwIfAborted()
          yield event
        }
        rest = events.length < PAGE ? undefined : followingPage(rest, events)
      }
    },
    load: (streamId, options = {}) => load(streamId, options),
    async findAppend(streamId, eventId) {
      handle.assertOpen()
      assertStreamId(streamId)
      const { slot, hash } = place(streamId)
      const read = async ({ session }: Attempt): Promise<FoundAppend | undefined> => {
        const name = { streamId, slot }
        if ((await versionOf({ collections, session }, name)) === 0) return undefined
        const filter = { slot, 'metadata.eventId': { $eq: eventId }, 'stream.id': streamId }
        const found = await collections.events.findOne(filter, { session })
        if (found === null) return undefined
        const { first, last: version } = found.append
        const { events } = await readPart({ collections, session }, name, { from: first, to: version })
        const position = positionAt(handle, { streamId, version, hash })
        return { version, position, events: events.map(toDocument) }
      }
      return handle.run(read)
    },
    async locate(position) {
      handle.assertOpen()
      const { incarnation, marks } = decodePosition(position)
      if (incarnation !== handle.incarnation) {
        throw new IncarnationMismatch('A position', handle.incarnation, incarnation)
      }
      return handle.run((attempt) => locateForSure(handle, attempt, marks))
    },
  }
}

// A newly elected primary may not know yet a position from another process: it is asked with a linearizable read, and
// then knows.
async function locateForSure(handle: Handle, attempt: Attempt, marks: readonly PositionMark[]): Promise<Located[]> {
  try {
    return await locate(handle, attempt, marks)
  } catch (error) {
    if (!(error instanceof InvalidPosition)) throw error
    for (const { streamId } of marks) {
      const { slot } = placeOf(streamId, handle.ranges.length)
      await handle.collections.streams.findOne(
        { _id: streamId, slot },
        {
          readConcern: { level: 'linearizable' },
          maxTimeMS: attempt.maxTimeMS,
        },
      )
    }
    return locate(handle, attempt, marks)
  }
}

async function locate(
  { collections, ranges }: Handle,
  { session }: Attempt,
  marks: readonly PositionMark[],
): Promise<Located[]> {
  const ids = marks.map(({ streamId, version }) => documentId(streamId, version))
  const slots = [...new Set(marks.map(({ streamId }) => placeOf(streamId, ranges.length).slot))]
  const found = await collections.events.find({ _id: { $in: ids }, slot: { $in: slots } }, { session }).toArray()
  const events = new Map(found.map((event) => [event._id, event]))
  const gone = marks.filter(({ streamId, version }) => !events.has(documentId(streamId, version)))
  const streams = gone.map(({ streamId }) => streamId)
  const heads = await (gone.length === 0
    ? []
    : collections.streams.find({ _id: { $in: streams }, slot: { $in: slots } }, { session }).toArray())
  return marks.map(({ streamId, version }): Located => {
    const { hash } = placeOf(streamId, ranges.length)
    const event = events.get(documentId(streamId, version))
    if (event === undefined) {
      const head = heads.find(({ _id }) => _id === streamId)
      if (version < 1 || head === undefined || version > head.version) throw new InvalidPosition()
      return { streamId, hash, at: 'erased' }
    }
    if (isErased(event)) return { streamId, hash, at: 'erased' }
    return { streamId, hash, at: event.lsn === undefined ? 'pending' : { lsn: event.lsn, hash, version } }
  })
}
