import assert from 'node:assert/strict'
import type {
  ChangeFeed,
  Continuation,
  FeedEvent,
  FeedPage,
  FeedRange,
} from '../../../../../src/core/port/change-feed.ts'
import { containsHash, containsInterval } from '../../../../../src/core/positions/hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from '../../../../../src/core/positions/position.ts'
import { advance, hasFolded } from '../../../../../src/core/positions/tidemark.ts'

type Lease = {
  readonly range: FeedRange
  readonly from: Continuation | 'start'
  readonly last: Position | undefined
  readonly readTo: number
}

/**
 * Follows a feed through splits as a processor does, and folds all of it into one view, by tidemark. What it asserts on
 * the way: positions grow within a range, events lie in the range that they bear, streams come in version order.
 */
export class Reader {
  readonly #feed: ChangeFeed
  #leases: Lease[] = []
  #tidemarks: Tidemark[] = []
  /** The ids of the events in the order in which they were folded. */
  readonly folded: string[] = []
  readonly #versions = new Map<string, number>()
  /** How often a range was gone. */
  cuts = 0

  constructor(feed: ChangeFeed) {
    this.#feed = feed
  }

  get ranges(): readonly FeedRange[] {
    return this.#leases.map(({ range }) => range)
  }

  /** Reads one page of a range, chosen by a number. */
  async step(choice: number, limit: number): Promise<void> {
    if (this.#leases.length === 0) await this.#renew()
    const lease = this.#leases[choice % this.#leases.length] as Lease
    const page = await this.#read(lease, limit)
    if (page === undefined) return
    for (const event of page.events) this.#fold(event)
    this.#leases = this.#leases.map((one) => (one === lease ? after(lease, page) : one))
  }

  /** Reads all ranges up to their ends. */
  async drain(): Promise<void> {
    await this.#renew()
    const open = [...this.#leases]
    for (let lease = open.shift(); lease !== undefined; lease = open.shift()) {
      for (let current = lease; ; ) {
        const page: FeedPage | undefined = await this.#read(current, 100)
        if (page === undefined) return this.drain()
        for (const event of page.events) this.#fold(event)
        const next = after(current, page)
        this.#leases = this.#leases.map((one) => (one.range === current.range ? next : one))
        current = next
        if (page.caughtUp) break
      }
    }
  }

  async #read({ range, from, last, readTo }: Lease, limit: number): Promise<FeedPage | undefined> {
    try {
      const page = await this.#feed.read(range, from, { limit })
      let before = last
      for (const { position, range: of } of page.events) {
        assert.deepEqual(of, range)
        assert.ok(containsHash(range, position.hash))
        assert.ok(before === undefined || comparePositions(before, position) < 0, 'positions grow within a range')
        assert.ok(position.lsn > readTo && position.lsn <= page.readTo, 'readTo says what was read')
        before = position
      }
      return page
    } catch (error) {
      if ((error as { code?: string }).code !== 'FeedRangeGone') throw error
      this.cuts++
      await this.#renew()
      assert.ok(!this.#leases.some(({ range: there }) => containsInterval(there, range)), 'a range that is gone is cut')
      return undefined
    }
  }

  async #renew(): Promise<void> {
    const ranges = await this.#feed.ranges()
    this.#leases = ranges.map((range) => {
      const lease = this.#leases.find(({ range: whole }) => containsInterval(whole, range))
      return { range, from: lease?.from ?? 'start', last: lease?.last, readTo: lease?.readTo ?? 0 }
    })
  }

  #fold({ event, position, range }: FeedEvent): void {
    const { id, version } = event.stream
    if (hasFolded(this.#tidemarks, position)) {
      assert.ok(version <= (this.#versions.get(id) ?? 0), `${event.id} was passed over before it was folded`)
      return
    }
    assert.equal(version, (this.#versions.get(id) ?? 0) + 1, `the next of ${id}`)
    this.#versions.set(id, version)
    this.#tidemarks = advance(this.#tidemarks, range, position)
    this.folded.push(event.id)
  }
}

const after = ({ range, last }: Lease, page: FeedPage): Lease => ({
  range,
  from: page.continuation,
  last: page.events.at(-1)?.position ?? last,
  readTo: page.readTo,
})
