import type { ClientSession } from 'mongodb'
import { StreamDeleted } from '../../../core/errors/append.ts'
import { StorageCorrupt } from '../../../core/errors/storage.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { ReadOptions } from '../../../core/port/event-log.ts'
import type { Collections } from '../client/collections.ts'
import type { StoredEvent } from '../documents.ts'

/** A stream by its id, and its slot. */
export type StreamName = { readonly streamId: string; readonly slot: number }

/** A part of a stream, and its version, at one moment. */
export type StreamPart = { readonly events: readonly StoredEvent[]; readonly version: number }

type Read = { readonly collections: Collections; readonly session: ClientSession }

/**
 * Reads a part of a stream. If the last event of the stream is among the events found, it shows the stream's version
 * and whether it was deleted; otherwise the head is read afterwards, and the events again if it shows that there are
 * more of them by now.
 *
 * @throws StreamDeleted
 */
export async function readPart(read: Read, name: StreamName, options: ReadOptions): Promise<StreamPart> {
  const events = await findEvents(read, name, options)
  const last = lastOfStream(events, options)
  if (last?.eventType === TOMBSTONE) throw new StreamDeleted(name.streamId)
  if (last !== undefined && isWhole(events, options, last.stream.version)) {
    return { events, version: last.stream.version }
  }
  const version = await versionOf(read, name)
  if (isWhole(events, options, version)) return { events, version }
  const again = await findEvents(read, name, upTo(options, version))
  if (isWhole(again, options, version)) return { events: again, version }
  await versionOf(read, name)
  throw new StorageCorrupt(`Stream ${name.streamId} lacks events, although it was not deleted`)
}

/** The version of a stream, 0 when it does not exist. @throws StreamDeleted */
export async function versionOf({ collections, session }: Read, { streamId, slot }: StreamName): Promise<number> {
  const head = await collections.streams.findOne({ _id: streamId, slot }, { session })
  if (head?.deleted) throw new StreamDeleted(streamId)
  return head?.version ?? 0
}

const MOST_PER_BATCH = 1000

function findEvents({ collections, session }: Read, { streamId, slot }: StreamName, options: ReadOptions) {
  const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options
  const { low, high } = boundsOf(options)
  const most = Math.min(limit, high - low + 1)
  if (most < 1) return Promise.resolve([])
  // All fields of the index in one direction: otherwise the server reads the whole stream and sorts it.
  const sign = direction === 'forwards' ? 1 : -1
  const version = { $gte: low, ...(high !== Number.POSITIVE_INFINITY && { $lte: high }) }
  const found = collections.events
    .find({ slot, 'stream.id': streamId, 'stream.version': version }, { session })
    .hint({ slot: 1, 'stream.id': 1, 'stream.version': 1 })
    .sort({ slot: sign, 'stream.id': sign, 'stream.version': sign })
    .batchSize(Math.min(most, MOST_PER_BATCH))
  return (Number.isFinite(most) ? found.limit(most) : found).toArray()
}

/** The last event of the stream, if the requested part is certain to reach it. */
function lastOfStream(events: readonly StoredEvent[], options: ReadOptions): StoredEvent | undefined {
  if (options.direction === 'backwards') return options.from === undefined ? events[0] : undefined
  const isToTheEnd = options.to === undefined && events.length < (options.limit ?? Number.POSITIVE_INFINITY)
  return isToTheEnd ? events.at(-1) : undefined
}

function isWhole(events: readonly StoredEvent[], options: ReadOptions, version: number): boolean {
  const { low, high } = boundsOf(upTo(options, version))
  return events.length === Math.max(0, Math.min(options.limit ?? Number.POSITIVE_INFINITY, high - low + 1))
}

function upTo(options: ReadOptions, version: number): ReadOptions {
  const name = options.direction === 'backwards' ? 'from' : 'to'
  return { ...options, [name]: Math.min(options[name] ?? version, version) }
}

function boundsOf({ from, to, direction = 'forwards' }: ReadOptions): { readonly low: number; readonly high: number } {
  const [low = 1, high = Number.POSITIVE_INFINITY] = direction === 'forwards' ? [from, to] : [to, from]
  return { low: Math.max(low, 1), high }
}
