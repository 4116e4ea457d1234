import {
  type ChangeFeedIteratorResponse,
  type ChangeFeedPullModelIterator,
  ChangeFeedStartFrom,
  type FeedRange as SdkFeedRange,
} from '@azure/cosmos'
import { FeedRangeGone, IncarnationMismatch } from '../../../core/errors/feed.ts'
import { type HashInterval, sameInterval } from '../../../core/hash-interval.ts'
import { failureOf } from '../client/errors.ts'
import type { Operation } from '../client/request.ts'
import { lsnOf, type Sessions } from '../client/sessions.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { etagAfter } from './etag.ts'
import { type Demand, type IteratorAt, Iterators } from './iterators.ts'
import type { Ranges } from './ranges.ts'
import { partsOfToken } from './sdk-token.ts'

/** A page of the change feed as the server gives it. */
export type ServerPage = {
  /** Documents as they are stored, with the server's own fields, in the server's order. */
  readonly items: readonly StoredEvent[]
  /** With what reading goes on; empty at the start. */
  readonly etag: string
  /** The partition-key range that answered. */
  readonly partition: string
  /** Nothing lies behind the place that was asked for: 304. */
  readonly isEnd: boolean
  /** The last LSN of the partition, as whoever answered knows it; undefined where the answer does not say. */
  readonly head: number | undefined
  /** What was committed up to this LSN before the page was asked for was there to be found. */
  readonly shown: number
  /** It comes from a place that does not have yet what this handle wrote or saw. */
  readonly isStale: boolean
}

/**
 * Reads pages of intervals. A page comes from one physical partition, or not at all: where an interval was split, the
 * cuts are stored.
 *
 * Both throw FeedRangeGone when the interval was split, IncarnationMismatch when the container was replaced.
 */
export type ServerPages = {
  /**
   * Reads behind an ETag: empty for the start, `*` for the end as it is now.
   *
   * @param demand what a partition must show although the session does not know it
   */
  read(operation: Operation, interval: HashInterval, etag: string, limit: number, demand?: Demand): Promise<ServerPage>
  /** Reads what the server wrote at a time or later; of a whole physical partition. */
  readSince(operation: Operation, partition: SdkFeedRange, time: Date, limit: number): Promise<ServerPage>
}

const NOT_MODIFIED = 304

/** Makes what reads pages of the events' feed through iterators of the SDK, one page of one interval at a time. */
export function serverPages(handle: Handle, ranges: Ranges): ServerPages {
  const { containers, eventsRid, incarnation } = handle
  const { container, sessions } = containers.events
  const iterators = new Iterators(containers.events, eventsRid)

  async function next(operation: Operation, iterator: ChangeFeedPullModelIterator<StoredEvent>): Promise<Answer> {
    const { answer, otherRid } = await operation.request({
      sessions,
      kind: 'read',
      send: () =>
        iterator.readNext().then((read) => ({ answer: read, otherRid: '', headers: read.headers }), unlessReplaced),
    })
    if (answer !== undefined) return answer
    throw new IncarnationMismatch('The opened storage', `of another container (${otherRid})`, incarnation)
  }

  // The SDK refuses, without a status, to read on in a container that took the place of another one.
  async function unlessReplaced(error: unknown) {
    if (failureOf(error).status !== 0) throw error
    const { resource } = await container.read()
    if (resource === undefined || resource._rid === eventsRid) throw error
    return { answer: undefined, otherRid: resource._rid, headers: {} }
  }

  /** The ETag behind an answer's page. */
  async function etagOf(operation: Operation, answer: Answer, interval: HashInterval): Promise<string> {
    const parts = partsOfToken(answer.continuationToken)
    const [part] = parts
    if (parts.length === 1 && part && sameInterval(part, interval)) return part.etag
    // A page that was read of a part is thrown away: it would bear the whole.
    await ranges.cut(
      operation,
      parts.map(({ min }) => min),
    )
    throw new FeedRangeGone(interval)
  }

  return {
    async read(operation, interval, etag, limit, demand) {
      const at = iterators.take(interval, etag, limit, demand)
      const answer = await next(operation, at.iterator)
      const page = toPage(answer, await etagOf(operation, answer, interval), etag, sessions, at)
      const { partition, isStale } = page
      if (partition !== '' && !isStale) iterators.keep(interval, page.etag, limit, { ...at, partition })
      return page
    },
    async readSince(operation, partition, time, limit) {
      const iterator = container.items.getChangeFeedIterator<StoredEvent>({
        changeFeedStartFrom: ChangeFeedStartFrom.Time(time, partition),
        maxItemCount: limit,
        ...(sessions.token !== undefined && { sessionToken: sessions.token }),
      })
      const answer = await next(operation, iterator)
      const interval = { min: partition.minInclusive, max: partition.maxExclusive }
      return toPage(answer, await etagOf(operation, answer, interval), '', sessions)
    },
  }
}

type Answer = ChangeFeedIteratorResponse<StoredEvent[]>

function toPage(answer: Answer, etag: string, from: string, sessions: Sessions, at?: IteratorAt): ServerPage {
  const { partition, head } = placeOf(answer)
  const shown = at?.shows.lsn(partition) ?? 0
  const isEnd = answer.statusCode === NOT_MODIFIED
  return {
    items: isEnd ? [] : answer.result,
    partition,
    etag: etag || (from === '*' ? etagAfter(head ?? 0) : from),
    isEnd,
    head,
    shown: head !== undefined && shown <= head ? shown : 0,
    // Where a replica is behind the session, the SDK asks again and leaves the session out.
    isStale: head !== undefined && head < (sessions.lsn(partition) ?? 0),
  }
}

/** Which partition-key range answered, and what its last LSN was: what the session token says, where there is one. */
function placeOf({ sessionToken }: Answer): { readonly partition: string; readonly head: number | undefined } {
  const partition = sessionToken?.slice(0, sessionToken.indexOf(':')) ?? ''
  return { partition, head: lsnOf(sessionToken) }
}
