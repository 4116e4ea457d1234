import { notify } from '../../../core/async/callbacks.ts'
import type { Clock } from '../../../core/clock.ts'
import { FeedRangeGone } from '../../../core/errors/feed.ts'
import type { FeedRange } from '../../../core/port/change-feed.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { endOf } from '../../ledger/blocks/chain-ends.ts'
import type { ChainWriter } from '../writing/chain-writer.ts'
import { createSealer } from './sealer.ts'
import { boundsFor } from './sealing-options.ts'
import { streamSalts } from './stream-salts.ts'

/** How everything is sealed at once. */
export type SealNowOptions = {
  /** When it is aborted, sealing ends with its reason. */
  readonly signal?: AbortSignal
  /** Called after each page with the number of events sealed so far. What it throws is ignored. */
  readonly onProgress?: (events: number) => void
}

/** What was sealed. */
export type Sealed = { readonly events: number; readonly blocks: number }

type Parts = {
  readonly storage: Pick<StoragePort, 'feed'>
  readonly clock: Clock
  readonly place: Pick<StoragePort, 'limits'>
}

// Events of a page.
const PAGE = 4_096

/** Seals every event that is in the log when it begins. */
export async function sealNow(
  { storage, clock, place }: Parts,
  writer: () => Promise<ChainWriter>,
  { signal = new AbortController().signal, onProgress }: SealNowOptions,
): Promise<Sealed> {
  const { state: before, ledger } = await readWriter(writer)
  const bounds = { ...boundsFor(place.limits), maxAge: 0 }
  const sealer = createSealer(writer, streamSalts(ledger), clock, bounds)
  let events = 0
  for (let isWhole = false; !isWhole; ) {
    isWhole = true
    const ranges = await storage.feed.ranges()
    const { ends } = (await readWriter(writer)).state
    // Their events go into common blocks.
    const outcomes = await Promise.allSettled(
      ranges.map((range) => sealRange(range, endOf(ends, range)?.continuation ?? 'start')),
    )
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue
      // It was split meanwhile.
      if (!(outcome.reason instanceof FeedRangeGone)) throw outcome.reason
      isWhole = false
    }
  }
  const { state } = await writer()
  return { events, blocks: state.size - before.size }

  async function sealRange(range: FeedRange, start: string): Promise<void> {
    for (let from = start; ; ) {
      signal.throwIfAborted()
      const page = await storage.feed.read(range, from, { limit: PAGE, signal })
      // Read before the addition, because the ranges add to it concurrently.
      const sealed = page.events.length > 0 ? await sealer.seal(range, from, page, signal) : 0
      events += sealed
      notify(onProgress, events)
      from = page.continuation
      if (page.caughtUp) return
    }
  }
}

async function readWriter(writer: () => Promise<ChainWriter>): Promise<ChainWriter> {
  const current = await writer()
  await current.refresh()
  return current
}
