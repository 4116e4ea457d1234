import { Changes } from '../../../core/async/changes.ts'
import type { Clock } from '../../../core/clock.ts'
import { recordedTime } from '../../../core/events/recorded-time.ts'
import type { FeedPage, FeedRange } from '../../../core/port/change-feed.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import { endOf } from '../../ledger/blocks/chain-ends.ts'
import type { ChainWriter } from '../writing/chain-writer.ts'
import { type BlockBounds, type DraftedParts, draftParts, type WaitingPage } from './draft-parts.ts'
import { sealItems } from './seal-items.ts'
import type { StreamSalts } from './stream-salts.ts'

/** When a block is written. */
export type SealerOptions = BlockBounds & {
  /** The milliseconds after which an event is sealed at the latest, since it was recorded. */
  readonly maxAge: number
}

/** Gathers pages of several ranges, and seals them in common blocks. */
export type Sealer = {
  /**
   * Seals the events of a page.
   *
   * @param from where the page begins
   * @param signal when it is aborted, the pending events are sealed at once
   * @returns the number of events that were new to the chain, once all of them are in it
   * @throws what the ledger throws; what was sealed before stays sealed
   */
  seal(range: FeedRange, from: string, page: FeedPage, signal: AbortSignal): Promise<number>
  /** Resolves when nothing is being sealed any more. */
  settled(): Promise<void>
}

type Waiting = WaitingPage & {
  isUrgent: boolean
  readonly done: PromiseWithResolvers<void>
}

const NEVER = new AbortController().signal

/** @param writer the chain's writer at each moment: a chain may be restarted */
export function createSealer(
  writer: () => Promise<ChainWriter>,
  salts: StreamSalts,
  clock: Clock,
  { maxAge, ...bounds }: SealerOptions,
): Sealer {
  const changes = new Changes(clock)
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined

  function start(): void {
    running ??= run().finally(() => {
      running = undefined
      // It may have arrived in the last moment.
      if (waiting.length > 0) start()
    })
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const seen = changes.count
      if (isDue()) await sealOnce()
      else await changes.next(Number.POSITIVE_INFINITY, NEVER, seen)
    }
  }

  function isDue(): boolean {
    let [events, bytes] = [0, 0]
    for (const { items, isUrgent } of waiting) {
      if (isUrgent) return true
      events += items.length
      for (const item of items) bytes += item.bytes
    }
    return events >= bounds.maxEvents || bytes >= bounds.maxBytes
  }

  async function sealOnce(): Promise<void> {
    const pages = waiting
    try {
      let drafted: DraftedParts | undefined
      const block = await (await writer()).append((state) => {
        drafted = draftParts(state, pages, bounds)
        return drafted?.draft
      })
      if (block) for (const [page, events] of drafted?.taken ?? []) page.items = page.items.slice(events)
      for (const page of pages) if (page.items.length === 0) page.done.resolve()
      waiting = waiting.filter(({ items }) => items.length > 0)
    } catch (error) {
      waiting = waiting.filter((page) => !pages.includes(page))
      for (const page of pages) page.done.reject(error)
    }
  }

  return {
    async seal(range, from, page, signal) {
      const arrived = clock.now()
      const { state } = await writer()
      const to = endOf(state.ends, range)?.to
      const events = page.events.filter(({ position }) => to === undefined || comparePositions(position, to) > 0)
      const items = await sealItems(events, salts, clock)
      if (items.length === 0) return 0
      const recorded = recordedTime(events[0]?.event.metadata.recordedAt)
      // Clocks differ: what seems to be recorded in the future is as old as its arrival.
      const left = recorded === undefined ? 0 : Math.min(arrived, recorded.getTime()) + maxAge - arrived
      const entry: Waiting = {
        range,
        items,
        from,
        to: page.continuation,
        isUrgent: !page.caughtUp || signal.aborted || !(left > 0),
        done: Promise.withResolvers(),
      }
      waiting.push(entry)
      const hurry = () => {
        entry.isUrgent = true
        changes.notify()
      }
      signal.addEventListener('abort', hurry, { once: true })
      // One wait for each page: were it begun again with each page that arrives, a clock that is set back would prolong it.
      const sealed = new AbortController()
      if (left > 0) clock.sleep(left, sealed.signal).then(hurry)
      changes.notify()
      start()
      try {
        await entry.done.promise
        return items.length
      } finally {
        sealed.abort()
        signal.removeEventListener('abort', hurry)
      }
    },
    async settled() {
      while (running) await running
    },
  }
}
