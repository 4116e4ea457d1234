import { TOMBSTONE } from '../../../core/port/event-document.ts'
import { placeOf } from '../../../core/positions/stream-slot.ts'
import type { Attempt } from '../client/run.ts'
import { eventId, type StoredEvent, type StoredStream } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { Decoded } from './decode.ts'

type Log = Pick<Handle, 'collections' | 'ranges'>

/** The head of a stream, and the event at it. */
type Head = { readonly stream: StoredStream; readonly last: LastEvent | undefined }

type LastEvent = Pick<StoredEvent, '_id' | 'eventType'> & {
  readonly metadata: Pick<StoredEvent['metadata'], 'recordedAt'>
}

// A stream may be deleted and erased between the two reads, once.
const TRIES = 3

/** How the heads of streams do not agree with their events, for each of the events that were read before. */
export async function headFaults(
  log: Log,
  attempt: Attempt,
  events: readonly Decoded[],
): Promise<(string | undefined)[]> {
  const ids = [...new Set(events.flatMap(({ event }) => (event.stream.id === '' ? [] : [event.stream.id])))]
  let heads = await readHeads(log, attempt, ids)
  for (let tries = 1; tries < TRIES; tries++) {
    const wrong = ids.filter((id) => headFault(log, id, heads.get(id)) !== undefined)
    if (wrong.length === 0) break
    heads = new Map([...heads, ...(await readHeads(log, attempt, wrong))])
  }
  const faults = new Map(ids.map((id) => [id, headFault(log, id, heads.get(id))]))
  return events.map(({ event, fault }) => {
    const { id, version } = event.stream
    return fault ?? faults.get(id) ?? (id === '' ? undefined : behindFault(event.eventType, version, heads.get(id)))
  })
}

function headFault({ ranges }: Log, id: string, head: Head | undefined): string | undefined {
  if (head === undefined) return 'has a stream without a head'
  const { slot, version, recordedAt, deleted, ...others } = head.stream
  if (Object.keys(others).join() !== '_id') return 'has a stream whose head has fields that are not written'
  if (slot !== placeOf(id, ranges.length).slot) return 'has a stream whose head is in another slot'
  if (deleted !== undefined && deleted !== true) return 'has a stream with an invalid mark of deletion'
  const { last } = head
  if (last === undefined) return `has a stream that does not reach its head`
  if (last.metadata?.recordedAt !== recordedAt) return 'has a stream whose head has another time than its last event'
  if (last.eventType === TOMBSTONE)
    return deleted ? undefined : 'has a stream that is not marked as deleted, but has a tombstone at its end'
  return deleted ? 'has a stream that is marked as deleted without a tombstone at its end' : undefined
}

function behindFault(type: string, version: number, head: Head | undefined): string | undefined {
  if (head === undefined) return undefined
  if (version > head.stream.version) return 'is behind the head of its stream'
  return type === TOMBSTONE && version < head.stream.version ? 'is a tombstone with events behind it' : undefined
}

async function readHeads(
  { collections: { events, streams }, ranges }: Log,
  { session }: Attempt,
  ids: readonly string[],
): Promise<Map<string, Head>> {
  const slots = [...new Set(ids.map((id) => placeOf(id, ranges.length).slot))]
  // By id alone: a head in another slot is a fault and not a missing head.
  const found = await streams.find({ _id: { $in: [...ids] } }, { session }).toArray()
  const ends = found.map(({ _id, version }) => eventId(_id, version))
  const last = await events
    .find({ _id: { $in: ends }, slot: { $in: slots } }, { session })
    .project<LastEvent>({ eventType: 1, 'metadata.recordedAt': 1 })
    .toArray()
  const byId = new Map(last.map((event) => [event._id, event]))
  return new Map(found.map((stream) => [stream._id, { stream, last: byId.get(eventId(stream._id, stream.version)) }]))
}
