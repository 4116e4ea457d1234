import { type ChangeFeedPullModelIterator, ChangeFeedStartFrom } from '@azure/cosmos'
import type { HashInterval } from '../../../core/hash-interval.ts'
import type { Sessions } from '../client/sessions.ts'
import type { StoredEvent } from '../documents.ts'
import type { OpenContainer } from '../handle.ts'
import { lsnOfEtag } from './etag.ts'
import { intervalToken } from './sdk-token.ts'

/** An iterator of the SDK that stands at a place of an interval. */
export type IteratorAt = {
  readonly iterator: ChangeFeedPullModelIterator<StoredEvent>
  /** The partition-key range that it read last, where it has read. */
  readonly partition: string | undefined
  /** The session that it was made with and keeps: what that names, it shows. */
  readonly shows: Sessions
}

/** What a partition must show. */
export type Demand = { readonly partition: string; readonly lsn: number }

const MOST = 256

// What the service documents as the most items of one page.
const MOST_A_PAGE = 1000

/**
 * Iterators of the SDK, kept for whoever reads on from where they stopped. A new one first asks for the container's
 * definition, so that a reader who polls would pay twice; but one that was made before this handle's latest write to
 * its partition does not have to show that.
 */
export class Iterators {
  readonly #events: OpenContainer
  readonly #rid: string
  readonly #kept = new Map<string, IteratorAt>()

  constructor(events: OpenContainer, rid: string) {
    this.#events = events
    this.#rid = rid
  }

  /**
   * Takes the iterator that stands there, or makes one.
   *
   * @param demand an LSN of a partition that must be shown although the session does not know it
   */
  take(interval: HashInterval, etag: string, limit: number, demand?: Demand): IteratorAt {
    const key = keyOf(interval, etag, limit)
    const kept = this.#kept.get(key)
    this.#kept.delete(key)
    if (kept !== undefined && demand === undefined && this.#isFresh(kept, etag)) return kept
    const { container, sessions } = this.#events
    const shows = sessions.copy()
    if (demand !== undefined) shows.demand(demand.partition, demand.lsn)
    const sessionToken = shows.token
    const iterator = container.items.getChangeFeedIterator<StoredEvent>({
      changeFeedStartFrom: ChangeFeedStartFrom.Continuation(intervalToken(this.#rid, interval, etag)),
      maxItemCount: Math.min(limit, MOST_A_PAGE),
      ...(sessionToken !== undefined && { sessionToken }),
    })
    return { iterator, partition: undefined, shows }
  }

  /** Keeps an iterator that has come to a place. */
  keep(interval: HashInterval, etag: string, limit: number, at: IteratorAt): void {
    this.#kept.set(keyOf(interval, etag, limit), at)
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= MOST) return
      this.#kept.delete(oldest)
    }
  }

  // What lies behind the ETag was read, so a session token need not name it.
  #isFresh({ partition, shows }: IteratorAt, etag: string): boolean {
    if (partition === undefined) return false
    const wanted = this.#events.sessions.lsn(partition) ?? 0
    return wanted <= Math.max(lsnOfEtag(etag) ?? 0, shows.lsn(partition) ?? 0)
  }
}

const keyOf = ({ min, max }: HashInterval, etag: string, limit: number): string => `${min}-${max} ${limit} ${etag}`
