import type { FindCursor } from 'mongodb'
import type { FeedEvent, FeedPage } from '../../../core/port/change-feed.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import { hashOf } from '../../../core/positions/stream-slot.ts'
import type { Attempt } from '../client/run.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { encodeContinuation, type Place } from '../sequence/continuation.ts'
import { placedEvent } from '../sequence/last-event.ts'
import { MOST } from '../sequence/page.ts'
import type { Sequenced } from '../sequence/sequencer.ts'
import { eventsBetween, FEED_ORDER, type SlotPart } from '../sequence/slot-part.ts'
import { type Decoded, decode } from './decode.ts'
import { headFaults } from './heads.ts'
import { type Neighbour, placeFaults } from './places.ts'

type Log = Pick<Handle, 'collections' | 'ranges' | 'incarnation'>

/** The same page as `readPage` returns, with what is wrong with its events. */
export async function readCheckedPage(
  log: Log,
  attempt: Attempt,
  part: SlotPart,
  from: Place,
  { head, more }: Sequenced,
  limit: number,
): Promise<FeedPage> {
  const most = Math.max(1, Math.min(limit, MOST))
  const { session } = attempt
  const find = (after: number, to: number) =>
    log.collections.events
      .find(eventsBetween(part, after, to), { session, raw: true })
      .sort(FEED_ORDER)
      .hint(FEED_ORDER)
  const first = await firstBatch(find(from.lsn, head).limit(most).batchSize(most))
  const decoded = first.documents.map((bytes) => decode(bytes, log.ranges.length))
  const isFull = first.isCut || decoded.length >= most
  const readTo = isFull ? lsnOf(decoded.at(-1)) : Math.max(head, from.lsn)
  const before = decoded.filter(({ stored }) => Number(stored.lsn) <= readTo - 1)
  const rest = isFull ? await allOf(find(readTo - 1, readTo)) : []
  const all = isFull ? [...before, ...rest.map((bytes) => decode(bytes, log.ranges.length))] : decoded
  const placed = placeFaults(all, await neighbourUpTo(log, attempt, part, from.lsn), part.isPart)
  const headed = await headFaults(log, attempt, all)
  const checked = all.map((one, i) => ({ ...one, fault: one.fault ?? placed[i] ?? headed[i] }))
  // A continuation names an event with which the next read compares the log: one that is found there.
  const last = checked.findLast(({ fault }) => fault === undefined)
  const caughtUp = readTo >= head && !more
  const place = { lsn: readTo, last: last === undefined ? from.last : placedEvent(last.stored) }
  return {
    events: checked.flatMap((one) => (isHidden(one) ? [] : [feedEvent(part, one)])),
    continuation: encodeContinuation(part.range, log.incarnation, place),
    caughtUp,
    readTo,
    behind: caughtUp ? 0 : Math.max(1, head - readTo),
  }
}

const isHidden = ({ event, fault }: Decoded): boolean => event.eventType === HUSK && fault === undefined

function feedEvent({ range }: SlotPart, { stored, event, fault }: Decoded): FeedEvent {
  const { id, version } = event.stream
  return {
    event,
    position: { lsn: lsnOf({ stored }), hash: id === '' ? range.min : hashOf(id), version },
    range,
    appendId: String(stored.append?.id),
    ...(fault !== undefined && { fault }),
  }
}

// An LSN that is not whole counts as the next one, so that reading gets past it.
const lsnOf = (of: Pick<Decoded, 'stored'> | undefined): number => Math.ceil(Number(of?.stored.lsn ?? 0))

type Raw = { readonly documents: readonly Uint8Array[]; readonly isCut: boolean }

async function firstBatch(cursor: FindCursor<StoredEvent>): Promise<Raw> {
  try {
    const documents = (await cursor.hasNext()) ? (cursor.readBufferedDocuments() as unknown as Uint8Array[]) : []
    return { documents, isCut: cursor.id !== undefined && !cursor.id.isZero() }
  } finally {
    await cursor.close()
  }
}

const allOf = async (cursor: FindCursor<StoredEvent>) => (await cursor.toArray()) as unknown as Uint8Array[]

async function neighbourUpTo(
  { collections: { events } }: Log,
  { session }: Attempt,
  { slot }: SlotPart,
  lsn: number,
): Promise<Neighbour | undefined> {
  const [last] = await events
    .find({ slot, lsn: { $gt: 0, $lte: lsn } }, { session })
    .sort({ slot: -1, lsn: -1, hash: -1, 'stream.version': -1 })
    .hint(FEED_ORDER)
    .limit(1)
    .project<Neighbour>({ _id: 0, lsn: 1, latest: 1 })
    .toArray()
  return last
}
