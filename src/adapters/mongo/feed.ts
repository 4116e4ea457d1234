import { Comparisons } from '../../core/adapters/comparisons.ts'
import { systemClock } from '../../core/clock.ts'
import { FeedRangeGone } from '../../core/errors/feed.ts'
import type { ChangeFeed, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { containsInterval, sameInterval } from '../../core/positions/hash-interval.ts'
import { assertFeedStart, feedLimitOf } from '../../core/reading/read-options.ts'
import { readCheckedPage } from './as-written/checked-page.ts'
import type { Attempt } from './client/run.ts'
import type { Handle } from './handle.ts'
import { assertHolds } from './identity/holds.ts'
import { decodeContinuation, type Place } from './sequence/continuation.ts'
import { lagBehind } from './sequence/lag.ts'
import { lastUpTo } from './sequence/last-event.ts'
import { lsnBefore } from './sequence/lsn-before.ts'
import { readPage } from './sequence/page.ts'
import { type Sequenced, Sequencer } from './sequence/sequencer.ts'
import type { SlotPart } from './sequence/slot-part.ts'

// The maximum number of batches of LSNs that measuring the lag assigns; the rest is counted without LSNs.
const BATCHES_OF_LAG = 5

/** The change feed: a feed range is a slot, or a part of one, in the order of the LSNs that reading assigns. */
export function changeFeed(handle: Handle): ChangeFeed {
  const sequencer = new Sequencer(handle)
  const comparisons = new Comparisons(systemClock)
  const assertStart = async (attempt: Attempt, range: FeedRange, from: FeedStart, start: Place, head: number) => {
    const isDue = typeof from === 'string' && comparisons.isDue(range, from)
    await assertHolds(handle, attempt, 'The continuation', isDue ? start : { lsn: start.lsn, last: null }, head)
    if (isDue) comparisons.done(range, from)
  }
  return {
    async ranges() {
      handle.assertOpen()
      return handle.ranges
    },
    async read(range, from, options = {}) {
      handle.assertOpen()
      const limit = feedLimitOf(options)
      assertFeedStart(from)
      const { signal } = options
      signal?.throwIfAborted()
      const part = partOf(handle, range)
      const known = knownStart(handle, range, from)
      if (known === undefined) await giveAll(handle, sequencer, part.slot, Number.POSITIVE_INFINITY, signal)
      const read = async (attempt: Attempt) => {
        // As long as there is a page of events with LSNs, the rest can wait for theirs.
        const enough = known === undefined ? Number.POSITIVE_INFINITY : known.lsn + limit
        const sequenced =
          sequencer.known(attempt, part.slot, enough) ??
          (await reach(handle, attempt, part.slot, known?.lsn ?? 0, () =>
            sequencer.advance(attempt, part.slot, enough),
          ))
        const start = known ?? (await startAt(handle, attempt, part.slot, from, sequenced.head))
        await assertStart(attempt, range, from, start, sequenced.head)
        const readPart = options.asWritten ? readCheckedPage : readPage
        const page = await readPart(handle, attempt, part, start, sequenced, limit)
        comparisons.given(range, page.continuation)
        return page
      }
      return handle.run(read, signal)
    },
    async lag(range, from, { atLeast = 0 } = {}) {
      handle.assertOpen()
      assertFeedStart(from)
      const part = partOf(handle, range)
      const known = knownStart(handle, range, from)
      await giveAll(handle, sequencer, part.slot, known === undefined ? Number.POSITIVE_INFINITY : BATCHES_OF_LAG)
      return handle.run(async (attempt) => {
        const { head } = await reach(handle, attempt, part.slot, Math.max(atLeast, known?.lsn ?? 0), () =>
          sequencer.advance(attempt, part.slot, 0),
        )
        const start = known ?? (await startAt(handle, attempt, part.slot, from, head))
        await assertStart(attempt, range, from, start, head)
        return lagBehind(handle, attempt, part, start.lsn, head)
      })
    },
    async changed(signal, range) {
      handle.assertOpen()
      const slot = range && handle.ranges.findIndex((whole) => containsInterval(whole, range))
      await handle.watch.changed('events', signal, slot === -1 ? undefined : slot)
    },
  }
}

function partOf({ ranges }: Handle, range: FeedRange): SlotPart {
  const slot = ranges.findIndex((whole) => containsInterval(whole, range))
  if (slot < 0) throw new FeedRangeGone(range)
  return { slot, range, isPart: !sameInterval(range, ranges[slot] as FeedRange) }
}

/** The place after which reading begins, if that does not depend on what is stored. */
function knownStart({ incarnation }: Handle, range: FeedRange, from: FeedStart): Place | undefined {
  if (from === 'now' || from instanceof Date) return undefined
  return from === 'start' ? { lsn: 0, last: null } : decodeContinuation(from, range, incarnation)
}

/** The place after which reading begins, once everything has an LSN. */
async function startAt(handle: Handle, attempt: Attempt, slot: number, from: FeedStart, head: number): Promise<Place> {
  const lsn = from instanceof Date ? await lsnBefore(handle, attempt, slot, head, from) : head
  return { lsn, last: await lastUpTo(handle, attempt, slot, lsn) }
}

async function giveAll(
  handle: Handle,
  sequencer: Sequencer,
  slot: number,
  batches: number,
  signal?: AbortSignal,
): Promise<void> {
  for (let i = 0; i < batches; i++) {
    const { more } = await handle.run((attempt) => sequencer.advance(attempt, slot), signal)
    if (!more) return
  }
}

// A newly elected primary may not know yet what its predecessor had announced: it is asked once more with a
// linearizable read, and then knows.
async function reach(
  { collections }: Handle,
  { maxTimeMS }: Attempt,
  slot: number,
  lsn: number,
  advance: () => Promise<Sequenced>,
): Promise<Sequenced> {
  const sequenced = await advance()
  if (lsn <= sequenced.head) return sequenced
  const newest = await collections.slots.findOne({ _id: slot }, { readConcern: { level: 'linearizable' }, maxTimeMS })
  return newest !== null && newest.counter > sequenced.head ? advance() : sequenced
}
