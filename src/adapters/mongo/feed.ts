import { FeedRangeGone, TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import { containsInterval, sameInterval } from '../../core/hash-interval.ts'
import type { ChangeFeed, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { assertFeedStart, feedLimitOf } from '../../core/read-options.ts'
import type { Attempt } from './client/run.ts'
import { decodeContinuation } from './continuation.ts'
import type { Handle } from './handle.ts'
import { lagBehind } from './sequence/lag.ts'
import { lsnBefore } from './sequence/lsn-before.ts'
import { readPage } from './sequence/page.ts'
import { type Sequenced, Sequencer } from './sequence/sequencer.ts'
import type { SlotPart } from './sequence/slot-part.ts'

// Batches of LSNs that asking for the lag gives at most; what is left is counted without.
const BATCHES_OF_LAG = 5

/** The change feed: a feed range is a slot, or a part of one, in the order of LSNs that reading gives. */
export function changeFeed(handle: Handle): ChangeFeed {
  const sequencer = new Sequencer(handle)
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
        // As long as there is a page of what has LSNs, the rest can wait for them.
        const enough = known === undefined ? Number.POSITIVE_INFINITY : known + limit
        const sequenced =
          sequencer.known(attempt, part.slot, enough) ??
          (await reach(handle, part.slot, known ?? 0, () => sequencer.advance(attempt, part.slot, enough)))
        const start = known ?? (await startAt(handle, attempt, part.slot, from, sequenced.head))
        assertInLog(start, sequenced.head)
        return readPage(handle, attempt, part, start, sequenced, limit)
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
        const { head } = await reach(handle, part.slot, Math.max(atLeast, known ?? 0), () =>
          sequencer.advance(attempt, part.slot, 0),
        )
        const start = known ?? (await startAt(handle, attempt, part.slot, from, head))
        assertInLog(start, head)
        return lagBehind(handle, attempt, part, start, head)
      })
    },
    async changed(signal) {
      handle.assertOpen()
      await handle.watch.changed('events', signal)
    },
  }
}

function partOf({ ranges }: Handle, range: FeedRange): SlotPart {
  const slot = ranges.findIndex((whole) => containsInterval(whole, range))
  if (slot < 0) throw new FeedRangeGone(range)
  return { slot, range, isPart: !sameInterval(range, ranges[slot] as FeedRange) }
}

/** The LSN that reading begins behind, where that does not depend on what is there. */
function knownStart({ incarnation }: Handle, range: FeedRange, from: FeedStart): number | undefined {
  if (from === 'now' || from instanceof Date) return undefined
  return from === 'start' ? 0 : decodeContinuation(from, range, incarnation)
}

/** The LSN that reading begins behind, once everything has one. */
async function startAt(handle: Handle, attempt: Attempt, slot: number, from: FeedStart, head: number): Promise<number> {
  return from instanceof Date ? lsnBefore(handle, attempt, slot, head, from) : head
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

// A primary that was elected just now may not know yet what the one before it had promised: it is asked once more, in
// a way that makes sure, and then knows.
async function reach(
  { collections }: Handle,
  slot: number,
  lsn: number,
  advance: () => Promise<Sequenced>,
): Promise<Sequenced> {
  const sequenced = await advance()
  if (lsn <= sequenced.head) return sequenced
  const newest = await collections.slots.findOne({ _id: slot }, { readConcern: { level: 'linearizable' } })
  return newest !== null && newest.counter > sequenced.head ? advance() : sequenced
}

function assertInLog(lsn: number, head: number): void {
  if (lsn > head) throw new TidemarkAheadOfLog('The continuation', lsn, head)
}
